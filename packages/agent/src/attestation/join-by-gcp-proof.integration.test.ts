/** The join without a token on Google Cloud: the real control plane, a metadata server that signs, and Google's keys served under their own name. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { type CloudId } from '@fairlead/contract/names'
import { joinAudience, joinBinding, type ProvenJoinRequest } from '@fairlead/contract/wire'
import { startControlPlane, type ControlPlane } from '@fairlead/control-plane'
import { createCa, startGoogle, type Google, type TestCa } from '@fairlead/testkit'
import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { joinNode } from '../channel/join.ts'
import { makeNodeKey } from '../channel/node-key.ts'
import { callAsAdmin } from '../testing/call-as-admin.ts'
import { gcpMachineProof } from './gcp-machine-proof.ts'

const keysHost = 'www.googleapis.com'

let dir: string
let ca: TestCa
let google: Google
/** Signs as Google does, with its own keys. */
let villain: Google
let plane: ControlPlane
let now = Date.now()
let machines = 0
const authorities = getCACertificates('default')

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-gcp-proof-'))
  ca = await createCa(join(dir, 'ca'))
  setDefaultCACertificates([...authorities, ca.caPem])
  google = await startGoogle({ ca })
  villain = await startGoogle({ ca })
  const config = { listen: '127.0.0.1:0', dataDir: join(dir, 'data'), logLevel: 'silent' as const }
  const connectTo = { [keysHost]: new URL(google.jwksUrl).host }
  plane = await startControlPlane({ ...config, connectTo }, () => now)
  const { projectId, email } = google.machine
  await call('/clouds', { name: 'google', provider: 'gcp', project_id: projectId, node_role: email })
})
beforeEach(() => {
  now = Date.now()
  vi.stubEnv('GCE_METADATA_HOST', google.metadataHost)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  setDefaultCACertificates(authorities)
  await plane.close()
  await Promise.all([google.stop(), villain.stop()])
  await rm(dir, { recursive: true })
})

const call = (path: string, body: object | null) => callAsAdmin(plane, path, body)

const newName = (): string => `node-${++machines}`
const joinAs = (name: string, prove = gcpMachineProof) =>
  joinNode({
    host: plane.origin,
    admission: { kind: 'proof', cloud: 'google', caSha256: null, prove },
    name,
    checker: false,
    stateDir: join(dir, name),
    caFile: null,
  })

type GcpJoin = Extract<ProvenJoinRequest, { provider: 'gcp' }>
interface Challenge {
  readonly request: Omit<GcpJoin, 'proof'>
  readonly audience: string
}

/** The state of a machine before it asks its cloud. */
async function challenge(change: Partial<{ origin: string }> = {}): Promise<Challenge> {
  const { nonce = '', cloud_id: id = '' } = (await call('/nodes/join/challenge', { cloud: 'google' })).result
  const cloudId = id as CloudId
  const { publicKey } = makeNodeKey()
  const binding = await joinBinding({ nonce, origin: plane.origin, cloudId, publicKey, ...change })
  const name = newName()
  const request = { nonce, cloud_id: cloudId, name, checker: false, public_key: publicKey, provider: 'gcp' as const }
  return { request, audience: joinAudience(binding) }
}

const answerTo = async (request: Challenge['request'], token: string): Promise<string> =>
  (await call('/nodes/join/proof', { ...request, proof: { identity_token: token } })).code ?? 'joined'

/** A new machine each time, so that no earlier node of the same machine blocks the join (S19). */
const machineClaims = (part: object = {}) => {
  const { projectId, instanceName, zone } = google.machine
  const machine = { project_id: projectId, instance_id: String(9000 + ++machines), instance_name: instanceName, zone }
  return { google: { compute_engine: { ...machine, ...part } } }
}

describe('S18: a Google Cloud machine joins without a token', () => {
  test('if its metadata server vouches for it; the node reports who vouched; a second join is refused and shown (S19)', async () => {
    const { nodeId } = await joinAs('first')
    const { email, instanceId } = google.machine
    const node = (await call(`/nodes/${nodeId}`, null)).result
    expect(node['identity']).toEqual({ principal: email, instance: instanceId })
    await expect(joinAs('second')).rejects.toMatchObject({
      code: 'INSTANCE_ALREADY_JOINED',
      message: expect.stringContaining('first') as string,
    })
    expect((await call(`/nodes/${nodeId}`, null)).result['second_join']).toMatchObject({ name: 'second' })
    now += 120_000
    await joinAs('third')
    expect((await call(`/nodes/${nodeId}`, null)).result['state']).toBe('revoked')
  })

  test('a proof is accepted once, so a recorded one is worthless', async () => {
    const { request, audience } = await challenge()
    const token = await google.issueIdentityToken(audience, machineClaims())
    expect(await answerTo(request, token)).toBe('joined')
    expect(await answerTo({ ...request, name: newName() }, token)).toBe('JOIN_CHALLENGE_INVALID')
    const next = await challenge()
    expect(await answerTo(next.request, token)).toBe('NODE_PROOF_REFUSED')
  })

  test.each<[string, (audience: string) => Record<string, unknown>]>([
    ['of another project', () => machineClaims({ project_id: 'my-project-2' })],
    ['of another account', () => ({ ...machineClaims(), email: `x${google.machine.email}` })],
    ['of a look-alike account', () => ({ ...machineClaims(), email: `${google.machine.email}.example.com` })],
    ['of an account that nobody verified', () => ({ ...machineClaims(), email_verified: false })],
    ['of no machine, as a key file gets it', () => ({ google: undefined })],
    ['for several audiences', (audience) => ({ ...machineClaims(), aud: [audience, 'https://example.com'] })],
    ['for another audience', () => ({ ...machineClaims(), aud: 'https://example.com' })],
    ['that has ended', () => ({ ...machineClaims(), exp: Math.floor(now / 1000) - 31 })],
    ['of another issuer', () => ({ ...machineClaims(), iss: 'https://accounts.google.com.example.com' })],
  ])('refuses a token %s', async (_, claims) => {
    const { request, audience } = await challenge()
    expect(await answerTo(request, await google.issueIdentityToken(audience, claims(audience)))).toBe(
      'NODE_PROOF_REFUSED',
    )
  })

  test('a forged token with all the right claims is refused', async () => {
    const { request, audience } = await challenge()
    expect(await answerTo(request, await villain.issueIdentityToken(audience, machineClaims()))).toBe(
      'NODE_PROOF_REFUSED',
    )
  })

  test('a token for another origin, requested by a go-between, is refused', async () => {
    const { request, audience } = await challenge({ origin: 'https://evil.example.com' })
    expect(await answerTo(request, await google.issueIdentityToken(audience, machineClaims()))).toBe(
      'NODE_PROOF_REFUSED',
    )
  })

  test('changing any one character of a token makes it worthless', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('')
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...letters), async (at, letter) => {
        const { request, audience } = await challenge()
        const token = await google.issueIdentityToken(audience, machineClaims())
        // The last letter of a signature has bits that belong to no byte.
        const place = at % (token.length - 1)
        fc.pre(token[place] !== letter)
        const changed = token.slice(0, place) + letter + token.slice(place + 1)
        expect(['NODE_PROOF_REFUSED', 'REQUEST_INVALID']).toContain(await answerTo(request, changed))
      }),
      { numRuns: 60 },
    )
  })

  test('if Google’s keys cannot be fetched, refuses no machine, but the challenge is spent', async () => {
    const data = join(dir, 'unreachable')
    const alone = await startControlPlane(
      { listen: '127.0.0.1:0', dataDir: data, logLevel: 'silent', connectTo: { [keysHost]: '127.0.0.1:1' } },
      () => now,
    )
    const first = plane
    plane = alone
    try {
      const { projectId, email } = google.machine
      await call('/clouds', { name: 'google', provider: 'gcp', project_id: projectId, node_role: email })
      const { request, audience } = await challenge()
      const token = await google.issueIdentityToken(audience, machineClaims())
      expect(await answerTo(request, token)).toBe('CLOUD_IDENTITY_UNREACHABLE')
      expect(await answerTo(request, token)).toBe('JOIN_CHALLENGE_INVALID')
    } finally {
      plane = first
      await alone.close()
    }
  })
})

describe('a machine accepts as its metadata server', () => {
  test('only one that identifies itself as Google’s', async () => {
    google.faults.foreignMetadata = true
    await expect(joinAs(newName())).rejects.toMatchObject({ code: 'NODE_IDENTITY_MISSING' })
    google.faults.foreignMetadata = false
  })

  test('none if nothing answers', async () => {
    vi.stubEnv('GCE_METADATA_HOST', '127.0.0.1:1')
    await expect(joinAs(newName())).rejects.toMatchObject({ code: 'NODE_IDENTITY_MISSING' })
  })

  test('a credentials file is not a proof, since it can be on any machine', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', join(dir, 'key.json'))
    vi.stubEnv('GCE_METADATA_HOST', '127.0.0.1:1')
    await expect(joinAs(newName())).rejects.toMatchObject({ code: 'NODE_IDENTITY_MISSING' })
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', undefined)
  })
})
