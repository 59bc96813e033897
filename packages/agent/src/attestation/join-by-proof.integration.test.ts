/** The whole join without a token, against the real control plane and an STS that verifies every signature. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { joinBinding, type AwsJoinProof, type ProvenJoinRequest } from '@fairlead/contract/wire'
import { startControlPlane, type ControlPlane } from '@fairlead/control-plane'
import {
  createCa,
  startConnectProxy,
  startSecurityTokenService,
  type SecurityTokenService,
  type StsCaller,
} from '@fairlead/testkit'
import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { joinNode, type Admission } from '../channel/join.ts'
import { makeNodeKey } from '../channel/node-key.ts'
import { callAsAdmin } from '../testing/call-as-admin.ts'
import { signJoin } from './aws-machine-proof.ts'
import { machineProver } from './machine-prover.ts'

const region = 'eu-west-1'
const account = '111122223333'
const role = 'ray-nodes'
const roleId = 'AROAEXAMPLEEXAMPLE123'
const host = `sts.${region}.amazonaws.com`

let dir: string
let sts: SecurityTokenService
let plane: ControlPlane
let now = Date.now()
let cloudId = ''
let machines = 0
const authorities = getCACertificates('default')

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-proof-'))
  const ca = await createCa(join(dir, 'ca'))
  setDefaultCACertificates([...authorities, ca.caPem])
  sts = await startSecurityTokenService({ tls: ca, alsoNames: [host], clock: () => now })
  const config = { listen: '127.0.0.1:0', dataDir: join(dir, 'data'), logLevel: 'silent' as const }
  plane = await startControlPlane({ ...config, connectTo: { [host]: sts.address } }, () => now)
  const cloud = { name: 'prod', provider: 'aws', region, account_id: account, node_role: role }
  cloudId = (await call('/clouds', cloud)).result['id'] ?? ''
})
beforeEach(() => {
  now = Date.now()
})
afterAll(async () => {
  setDefaultCACertificates(authorities)
  await plane.close()
  await sts.stop()
  await rm(dir, { recursive: true })
})

const call = (path: string, body: object | null) => callAsAdmin(plane, path, body)

const newMachine = (): string => `i-${String(++machines).padStart(17, '0')}`
const sessionOf = (instance: string, part: Partial<StsCaller> = {}): StsCaller => ({
  arn: `arn:aws:sts::${account}:assumed-role/${role}/${instance}`,
  userId: `${roleId}:${instance}`,
  account,
  ...part,
})
const admissionOf = (caller: StsCaller): Admission => ({
  kind: 'proof',
  cloud: 'prod',
  caSha256: null,
  prove: async (binding) => ({
    provider: 'aws',
    proof: await signJoin(binding, region, sts.keysOf(caller), new Date(now)),
  }),
})
const joinAs = (caller: StsCaller, name: string = newMachine(), origin: string = plane.origin) =>
  joinNode({
    host: origin,
    admission: admissionOf(caller),
    name,
    checker: false,
    stateDir: join(dir, `node-${++machines}`),
    caFile: null,
  })

interface Attempt {
  request: Extract<ProvenJoinRequest, { provider: 'aws' }>
  sign: (
    change?: Partial<{ origin: string; cloudId: string; nonce: string; publicKey: string }>,
  ) => Promise<AwsJoinProof>
}

/** A join as a machine would send it, for tests to alter before sending. */
async function attempt(caller: StsCaller = sessionOf(newMachine()), cloud = 'prod'): Promise<Attempt> {
  const { nonce = '', cloud_id: challenged = '' } = (await call('/nodes/join/challenge', { cloud })).result
  const { publicKey } = makeNodeKey()
  const keys = sts.keysOf(caller)
  const sign: Attempt['sign'] = async (change = {}) => {
    const what = { nonce, origin: plane.origin, cloudId: challenged, publicKey, ...change }
    const binding = await joinBinding({
      ...what,
      cloudId: what.cloudId as Parameters<typeof joinBinding>[0]['cloudId'],
    })
    return signJoin(binding, region, keys, new Date(now))
  }
  const request = {
    nonce,
    cloud_id: challenged as Attempt['request']['cloud_id'],
    name: newMachine(),
    checker: false,
    public_key: publicKey,
    provider: 'aws' as const,
    proof: await sign(),
  }
  return { request, sign }
}
const codeOf = async (request: object): Promise<string> => (await call('/nodes/join/proof', request)).code ?? 'joined'

describe('S18: an AWS machine joins without a token', () => {
  test('if AWS confirms that it runs as the node role; the node reports who vouched for it', async () => {
    const instance = newMachine()
    const { nodeId } = await joinAs(sessionOf(instance), 'node-1')
    const node = (await call(`/nodes/${nodeId}`, null)).result
    expect(node['identity']).toEqual({ principal: `arn:aws:iam::${account}:role/${role}`, instance })
    const sent = sts.calls.at(-1)
    expect(sent?.headers.host).toBe(host)
    expect(sent?.headers['x-fairlead-join']).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })

  test('a proof is accepted unchanged, and only once', async () => {
    const { request } = await attempt()
    expect(await codeOf(request)).toBe('joined')
    const asked = sts.calls.length
    expect(await codeOf({ ...request, name: newMachine() })).toBe('JOIN_CHALLENGE_INVALID')
    expect(sts.calls.length).toBe(asked)
  })

  test('a proof is spent even if AWS could not be reached to check it', async () => {
    const { request } = await attempt()
    sts.answerWith = () => ({ status: 503, contentType: 'text/plain', body: 'busy', error: 'busy' })
    expect(await codeOf(request)).toBe('CLOUD_IDENTITY_UNREACHABLE')
    sts.answerWith = null
    expect(await codeOf(request)).toBe('JOIN_CHALLENGE_INVALID')
  })

  test.each<[string, StsCaller]>([
    [
      'another account',
      sessionOf('i-1', { account: '999922223333', arn: `arn:aws:sts::999922223333:assumed-role/${role}/i-1` }),
    ],
    ['a longer role name', sessionOf('i-1', { arn: `arn:aws:sts::${account}:assumed-role/${role}-2/i-1` })],
    ['the account itself', { arn: `arn:aws:iam::${account}:root`, userId: account, account }],
    [
      'a federated user',
      { arn: `arn:aws:sts::${account}:federated-user/${role}`, userId: `${account}:${role}`, account },
    ],
    ['a role of that name, made anew', sessionOf('i-1', { userId: 'AROAEXAMPLEEXAMPLE999:i-1' })],
  ])('refuses %s', async (_, caller) => {
    await joinAs(sessionOf(newMachine()))
    await expect(joinAs(caller)).rejects.toMatchObject({ code: 'NODE_PROOF_REFUSED' })
  })

  test('a recreated role is accepted once an admin approves it', async () => {
    const renewed = sessionOf('i-77', { userId: 'AROAEXAMPLEEXAMPLE999:i-77' })
    await call(`/clouds/${cloudId}/reset_role`, {})
    await joinAs(renewed)
    await expect(joinAs(sessionOf(newMachine()))).rejects.toMatchObject({ code: 'NODE_PROOF_REFUSED' })
    await call(`/clouds/${cloudId}/reset_role`, {})
  })

  test.each([
    ['another origin', { origin: 'https://evil.example.com' }],
    ['another cloud', { cloudId: `cld_${'0'.repeat(26)}` }],
    ['another challenge', { nonce: 'A'.repeat(64) }],
    ['another key', { publicKey: 'A'.repeat(43) }],
  ])('refuses a proof for %s', async (_, change) => {
    const { request, sign } = await attempt()
    expect(await codeOf({ ...request, proof: await sign(change) })).toBe('NODE_PROOF_REFUSED')
  })

  test('refuses a proof more than five minutes old before asking AWS', async () => {
    const { request, sign } = await attempt()
    const proof = await sign()
    const old = new Date(now - 301_000).toISOString().replaceAll(/[-:]|\.\d+/g, '')
    const asked = sts.calls.length
    expect(await codeOf({ ...request, proof: { ...proof, date: old } })).toBe('NODE_PROOF_REFUSED')
    expect(sts.calls.length).toBe(asked)
  })

  test('refuses a challenge more than five minutes old', async () => {
    const { request, sign } = await attempt()
    now += 300_001
    expect(await codeOf({ ...request, proof: await sign() })).toBe('JOIN_CHALLENGE_INVALID')
  })

  test('changing any one character of a proof makes it worthless', async () => {
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdef'.split('')
    const field = fc.constantFrom('access_key_id', 'date', 'security_token', 'signature')
    await fc.assert(
      fc.asyncProperty(field, fc.nat(), fc.constantFrom(...digits), async (name, at, digit) => {
        const { request } = await attempt()
        const proof = { ...request.proof }
        const text = proof[name]
        const place = at % text.length
        fc.pre(text[place] !== digit)
        proof[name] = text.slice(0, place) + digit + text.slice(place + 1)
        expect(['NODE_PROOF_REFUSED', 'REQUEST_INVALID']).toContain(await codeOf({ ...request, proof }))
      }),
      { numRuns: 60 },
    )
  })

  test.each([
    ['region', 'eu-west-1.evil.example.com'],
    ['security_token', 'a\r\nhost: evil'],
    ['signature', 'zz'],
  ])('the field %s cannot inject a header or a host', async (name, value) => {
    const { request } = await attempt()
    expect(await codeOf({ ...request, proof: { ...request.proof, [name]: value } })).toBe('REQUEST_INVALID')
  })

  test.each([
    ['no XML', 'hello'],
    ['two answers', '<GetCallerIdentityResult></GetCallerIdentityResult>'.repeat(2)],
    ['more than it should', 'x'.repeat(100_000)],
  ])('an answer that AWS would never give is not an identity: %s', async (_, body) => {
    const { request } = await attempt()
    sts.answerWith = () => ({ status: 200, contentType: 'text/xml', body, error: null })
    expect(await codeOf(request)).toBe('CLOUD_IDENTITY_UNREACHABLE')
    sts.answerWith = null
  })

  test('a control plane under another name gets no proof', async () => {
    const origin = plane.origin.replace('127.0.0.1', 'localhost')
    await expect(joinAs(sessionOf(newMachine()), newMachine(), origin)).rejects.toMatchObject({
      code: expect.stringMatching(/JOIN_ORIGIN_DIFFERS|HOST_NOT_ALLOWED/) as string,
    })
  })

  test('no join token is created or accepted for this cloud', async () => {
    expect((await call(`/clouds/${cloudId}/join_tokens`, {})).code).toBe('JOIN_BY_PROOF')
  })

  test('a machine learns if the cloud takes tokens or does not exist', async () => {
    await call('/clouds', {
      name: 'by-token',
      provider: 'aws',
      region,
      account_id: account,
      node_role: role,
      join: 'token',
    })
    await call('/clouds', { name: 'lab', provider: 'local' })
    const toldOf = async (cloud: string, caller = sessionOf(newMachine())) => {
      const { code = '', detail = '' } = await call('/nodes/join/proof', (await attempt(caller, cloud)).request)
      return `${code}: ${detail}`
    }
    expect(await toldOf('by-token')).toMatch(/^JOIN_BY_TOKEN: .*by-token/)
    expect(await toldOf('prode')).toBe(
      'NODE_PROOF_REFUSED: the proof of identity was refused: there is no cloud of the name that was asked for',
    )
    expect(await toldOf('lab')).toMatch(/^NODE_PROOF_REFUSED: .*of another provider than the cloud/)
    const other = '999922223333'
    const stranger = sessionOf('i-1', { account: other, arn: `arn:aws:sts::${other}:assumed-role/${role}/i-1` })
    const answers = await Promise.all(['prod', 'by-token', 'lab', 'prode'].map((cloud) => toldOf(cloud, stranger)))
    expect(new Set(answers)).toEqual(
      new Set([
        'NODE_PROOF_REFUSED: the proof of identity was refused: no cloud here takes the machines of its account, project or cluster',
      ]),
    )
  })
})

test('S18: a principal that may assume the node role picks its own session name: it counts as that machine unless the machine still reports', async () => {
  const victim = newMachine()
  const { nodeId } = await joinAs(sessionOf(victim), 'victim')
  // Another key pair of the same role, for a session with the machine's name.
  const takeOver = (name: string) => joinAs(sessionOf(victim), name)
  await expect(takeOver('taker')).rejects.toMatchObject({ code: 'INSTANCE_ALREADY_JOINED' })
  now += 120_000
  const taken = await takeOver('taker-later')
  expect((await call(`/nodes/${taken.nodeId}`, null)).result['identity']).toMatchObject({ instance: victim })
  expect((await call(`/nodes/${nodeId}`, null)).result['state']).toBe('revoked')
})

describe('an EKS pod that gets its role from a token of its cluster (IRSA)', () => {
  test('joins through the proxy and the authority of its owner’s file only', async () => {
    const [token, policy] = [join(dir, 'token'), join(dir, 'policy.yaml')]
    await writeFile(token, 'a-token-of-the-cluster')
    sts.trustToken('a-token-of-the-cluster', sessionOf('pod'))
    await using proxy = await startConnectProxy({ places: { [`${host}:443`]: Number(sts.address.split(':')[1]) } })
    await writeFile(policy, JSON.stringify({ proxy: proxy.url, secret_manager_ca: join(dir, 'ca', 'ca.pem') }))
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined)
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent')
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent')
    vi.stubEnv('AWS_REGION', region)
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', token)
    vi.stubEnv('AWS_ROLE_ARN', `arn:aws:iam::${account}:role/${role}`)
    vi.stubEnv('AWS_ROLE_SESSION_NAME', 'pod-7')
    try {
      const { nodeId } = await joinNode({
        host: plane.origin,
        admission: { kind: 'proof', cloud: 'prod', caSha256: null, prove: machineProver('aws', policy) },
        name: 'pod-7',
        checker: false,
        stateDir: join(dir, 'pod-7'),
        caFile: null,
      })
      const node = (await call(`/nodes/${nodeId}`, null)).result
      expect(node['identity']).toEqual({ principal: `arn:aws:iam::${account}:role/${role}`, instance: 'pod-7' })
      expect(proxy.asked).toEqual([`CONNECT ${host}:443 200`])
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

describe('S19: one machine, one node', () => {
  test('a second join is refused while the first node still reports, and both are shown', async () => {
    const machine = sessionOf(newMachine())
    const { nodeId } = await joinAs(machine, 'first')
    await expect(joinAs(machine, 'second')).rejects.toMatchObject({
      code: 'INSTANCE_ALREADY_JOINED',
      message: expect.stringContaining('first') as string,
    })
    expect((await call(`/nodes/${nodeId}`, null)).result['second_join']).toMatchObject({ name: 'second' })
  })

  test('a machine that fell silent can join again, which revokes its first node', async () => {
    const machine = sessionOf(newMachine())
    const { nodeId } = await joinAs(machine, 'silent')
    now += 120_000
    await joinAs(machine, 'again')
    expect((await call(`/nodes/${nodeId}`, null)).result['state']).toBe('revoked')
  })
})
