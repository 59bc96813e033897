/** S31: the token of a pod, from real keys; each attack that it must not survive. */
import { isProblem } from '@fairlead/contract/problems'
import { KubernetesCluster, podAudience } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { CloudRecord } from '../../store/records.ts'
import { cloudRecord } from '../../testing/inserted-records.ts'
import { createClusterJudge, judgePod, readPodToken } from './pod-token.ts'

const now = Date.UTC(2026, 10, 24, 12)
const seconds = now / 1000
const origin = 'https://fairlead.example.com:8470'
const issuer = 'https://kubernetes.default.svc.cluster.local'

const bound = {
  namespace: 'fairlead',
  node: { name: 'node-1', uid: '5a1f1a0e-9f5c-4b6b-9d32-1c0f0a3f7e11' },
  pod: { name: 'agent-x7k2p', uid: '0b7d2a55-3c11-4d4e-8a53-61f7b1a0c9d2' },
  serviceaccount: { name: 'agent', uid: 'c5c0d9a1-2f6e-4f6d-8a77-9c8c2f1f5b10' },
}
/** As an API server of Kubernetes 1.35 fills them. */
const claims = {
  iss: issuer,
  aud: [podAudience(origin, 'prod')],
  sub: 'system:serviceaccount:fairlead:agent',
  jti: '7d3b6a66-5b60-4b0e-9a5f-0f6c4b1d2e3f',
  iat: seconds,
  nbf: seconds,
  exp: seconds + 600,
  'kubernetes.io': bound,
}

interface ClusterKeys {
  readonly sign: (claims: JWTPayload, header?: object) => Promise<string>
  readonly publicKey: KubernetesCluster['keys']
}

async function newKeys(alg: 'RS256' | 'ES256' = 'RS256'): Promise<ClusterKeys> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'k', alg, use: 'sig' }
  const { keys } = KubernetesCluster.parse({ issuer, service_accounts: ['a/b'], keys: [jwk] })
  return {
    sign: (payload, header) => new SignJWT(payload).setProtectedHeader({ alg, kid: 'k', ...header }).sign(privateKey),
    publicKey: keys,
  }
}

const cloudWith = (part: Partial<CloudRecord>): CloudRecord =>
  cloudRecord({ name: 'prod', partition: null, region: null, join: 'proof', allow_any_secret: false, ...part })

let cluster: ClusterKeys
/** Another cluster that gives itself the same name. */
let namesake: ClusterKeys
let prod: CloudRecord
let lab: CloudRecord
let elsewhere: CloudRecord
let clouds: CloudRecord[]
beforeAll(async () => {
  ;[cluster, namesake] = await Promise.all([newKeys(), newKeys('ES256')])
  const kubernetes = { issuer, service_accounts: ['fairlead/agent', 'fairlead/checker'], keys: cluster.publicKey }
  prod = cloudWith({ kubernetes })
  lab = cloudWith({ name: 'lab', kubernetes })
  elsewhere = cloudWith({ name: 'elsewhere', kubernetes: { ...kubernetes, keys: namesake.publicKey } })
  clouds = [prod, lab, elsewhere, cloudWith({ name: 'without' })]
})

const judge = createClusterJudge(() => now)
const read = (token: string) =>
  readPodToken({ service_account_token: token, cloud_provider: 'aws' }, { origin, clouds, judge })

/** The machine's key, or why there is none. */
async function told(token: string, wanted = prod, standsFor: 'node' | 'pod' = 'node'): Promise<string> {
  try {
    return judgePod(await read(token), wanted, standsFor).instanceKey
  } catch (error) {
    if (isProblem(error)) return `${error.code}: ${error.what}`
    throw error
  }
}

const withBound = (part: object) => ({ 'kubernetes.io': { ...bound, ...part } })

describe('S31: the token of a pod', () => {
  test('is that of the machine on which the pod runs, and is spent with the join', async () => {
    expect(judgePod(await read(await cluster.sign(claims)), prod, 'node')).toEqual({
      identity: { principal: 'system:serviceaccount:fairlead:agent', instance: 'node-1' },
      instanceKey: `kubernetes:${prod.id}:${issuer}:node:node-1`,
      roleId: null,
      spends: { id: expect.stringMatching(/^pod:[\w-]{43}$/) as string, end: (seconds + 600) * 1000 },
    })
  })

  test('is that of the pod itself, if it only checks builds', async () => {
    expect(judgePod(await read(await cluster.sign(claims)), prod, 'pod')).toMatchObject({
      identity: { instance: 'agent-x7k2p' },
      instanceKey: `kubernetes:${prod.id}:${issuer}:pod:fairlead/agent-x7k2p`,
    })
  })

  test('of Kubernetes before 1.30, which names no node, is enough for a checker only', async () => {
    const token = await cluster.sign({ ...claims, ...withBound({ node: undefined }) })
    expect(await told(token, prod, 'pod')).toContain(':pod:fairlead/agent-x7k2p')
    expect(await told(token)).toContain('does not name the node of the pod')
  })

  test.each<[string, object, string]>([
    ['for the API server', { aud: ['https://kubernetes.default.svc'] }, 'audience'],
    ['for another control plane', { aud: [podAudience('https://fairlead.example.org:8470', 'prod')] }, 'audience'],
    ['for a name that only begins like ours', { aud: [podAudience(`${origin}0`, 'prod')] }, 'audience'],
    ['for another cloud', { aud: [podAudience(origin, 'lab')] }, 'for another cloud'],
    ['for a cloud whose name only begins like ours', { aud: [podAudience(origin, 'prod-2')] }, 'for another cloud'],
    ['for signing in here', { aud: [origin] }, 'audience'],
    ['for several audiences', { aud: [podAudience(origin, 'prod'), 'else'] }, 'for one audience'],
    ['for nobody', { aud: undefined }, 'for one audience'],
    ['that has expired', { iat: seconds - 631, nbf: seconds - 631, exp: seconds - 31 }, 'expired'],
    ['that never ends', { exp: undefined }, 'a claim that it needs is missing'],
    ['that lasts an hour', { exp: seconds + 3600 }, 'valid for more than 600 seconds'],
    ['from the future', { iat: seconds + 31, exp: seconds + 600 }, 'in the future'],
    ['of another issuer', { iss: 'https://oidc.example.com' }, 'no cloud here takes the pods'],
    [
      'of another namespace',
      { sub: 'system:serviceaccount:default:agent', ...withBound({ namespace: 'default' }) },
      'another service account',
    ],
    [
      'of another service account',
      { sub: 'system:serviceaccount:fairlead:default', ...withBound({ serviceaccount: { name: 'default' } }) },
      'another service account',
    ],
    [
      'of a service account that only begins like ours',
      { sub: 'system:serviceaccount:fairlead:agent-2', ...withBound({ serviceaccount: { name: 'agent-2' } }) },
      'another service account',
    ],
    [
      'whose subject is another service account',
      { sub: 'system:serviceaccount:fairlead:default' },
      'contradicts itself',
    ],
    ['of no pod', withBound({ pod: undefined }), 'not bound to a pod'],
    ['of no Kubernetes', { 'kubernetes.io': undefined }, 'not bound to a pod'],
    ['of a namespace that is no name', withBound({ namespace: 'fairlead/agent\n' }), 'not bound to a pod'],
  ])('%s is rejected', async (_, part, reason) => {
    const answer = await told(await cluster.sign({ ...claims, ...part }))
    expect(answer).toMatch(/^NODE_PROOF_REFUSED: /)
    expect(answer).toContain(reason)
  })

  test('of another cluster that gives itself the same issuer is one of that cluster, and of no other', async () => {
    const token = await namesake.sign(claims)
    expect(await told(token)).toContain('it is of another cluster than the cloud')
    const own = await namesake.sign({ ...claims, aud: [podAudience(origin, 'elsewhere')] })
    expect(await told(own, elsewhere)).toBe(`kubernetes:${elsewhere.id}:${issuer}:node:node-1`)
    expect(await told(own)).toContain('it is of another cluster than the cloud')
  })

  test('does not tell in which cloud a machine of the same name is', async () => {
    const forLab = await cluster.sign({ ...claims, aud: [podAudience(origin, 'lab')] })
    expect(await told(forLab, lab)).not.toBe(await told(await cluster.sign(claims)))
  })

  test('signed by another key, unsigned, with a shared secret, or with another algorithm is rejected', async () => {
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
    const head = (alg: string) => Buffer.from(JSON.stringify({ alg, kid: 'k' })).toString('base64url')
    // The public key as the secret: what a verifier that takes any algorithm would compute as well.
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'k' })
      .sign(new TextEncoder().encode(JSON.stringify(cluster.publicKey)))
    const strange = await newKeys()
    for (const token of [
      await strange.sign(claims),
      await cluster.sign(claims, { kid: 'x' }),
      `${head('none')}.${payload}.`,
      `${head('none')}.${payload}.AAAA`,
      shared,
    ]) {
      expect(await told(token)).toMatch(/^NODE_PROOF_REFUSED: /)
    }
  })

  test('for machines that read secrets elsewhere than those of the cloud is rejected, and says so', async () => {
    const token = await cluster.sign(claims)
    expect(await told(token, { ...prod, provider: 'gcp' })).toMatch(/^JOIN_PROVIDER_DIFFERS: /)
  })

  test('is the same one however its signature is written', async () => {
    const token = await cluster.sign(claims)
    const { id } = (await read(token)).token
    // The last letter has bits that belong to no byte.
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const other = letters
      .split('')
      .map((letter) => token.slice(0, -1) + letter)
      .filter((one) => one !== token)
    const accepted: string[] = []
    for (const one of other) {
      const found = await read(one).catch(() => null)
      if (found !== null) accepted.push(found.token.id)
    }
    expect(new Set([id, ...accepted])).toEqual(new Set([id]))
    expect((await read(await cluster.sign({ ...claims, jti: 'another' }))).token.id).not.toBe(id)
  })

  test('with any one character changed is rejected', async () => {
    const token = await cluster.sign(claims)
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'.split('')
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 2), fc.constantFrom(...letters), async (at, letter) => {
        fc.pre(token[at] !== letter)
        expect(await told(token.slice(0, at) + letter + token.slice(at + 1))).toMatch(/^NODE_PROOF_REFUSED: /)
      }),
      { numRuns: 60 },
    )
  })

  test('S9: that is any other text, or carries any other claims, is rejected and causes no fault', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect(await told(text)).toMatch(/^NODE_PROOF_REFUSED: /)
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const token = await cluster.sign({ ...claims, 'kubernetes.io': value })
        expect(await told(token)).toMatch(/^NODE_PROOF_REFUSED: /)
      }),
      { numRuns: 40 },
    )
  })
})

test('S31: which clusters are asked depends on the token, not on the cloud that is wanted', async () => {
  const asked: (string | null)[] = []
  const count = async (token: string) => {
    asked.length = 0
    await readPodToken(
      { service_account_token: token, cloud_provider: 'aws' },
      {
        origin,
        clouds,
        judge: async ({ keys }) => {
          asked.push(keys === cluster.publicKey ? 'ours' : 'namesake')
          return { refusedBecause: 'no' }
        },
      },
    ).catch(() => null)
    return [...asked]
  }
  const forCloud = async (name: string) => count(await cluster.sign({ ...claims, aud: [podAudience(origin, name)] }))
  expect(await forCloud('prod')).toEqual(['ours', 'ours', 'namesake'])
  expect(await forCloud('none')).toEqual(await forCloud('prod'))
  expect(await count(await cluster.sign({ ...claims, iss: 'https://oidc.example.com' }))).toEqual([])
})
