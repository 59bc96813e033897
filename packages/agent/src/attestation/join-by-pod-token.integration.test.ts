/** The join of a pod: the real control plane and agent, and a cluster that issues tokens and serves its keys over TLS. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { podAudience } from '@fairlead/contract/wire'
import { startControlPlane, type ControlPlane } from '@fairlead/control-plane'
import { createCa, startPostgres, startTokenIssuer, type TokenIssuer } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { joinNode } from '../channel/join.ts'
import { runAgent } from '../process/main.ts'
import { callAsAdmin } from '../testing/call-as-admin.ts'
import type { MachineProver } from './machine-prover.ts'
import { podProver } from './pod-machine-proof.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const authorities = getCACertificates('default')
const account = 'fairlead/agent'
let dir: string
let cluster: TokenIssuer
/** Another cluster that this control plane knows. */
let other: TokenIssuer
let plane: ControlPlane
let now = Date.now()
let pods = 0

const call = (path: string, body: object | null) => callAsAdmin(plane, path, body)
/** A cloud whose pods join. Without `keys`, they are fetched from the issuer. */
const cloudNamed = (name: string, issuer: string, keys: readonly object[] | null = null) => ({
  name,
  provider: 'local',
  kubernetes: { issuer, service_accounts: [account], keys },
})

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-pod-join-'))
  const tls = await createCa(join(dir, 'ca'))
  setDefaultCACertificates([...authorities, tls.caPem])
  ;[cluster, other] = await Promise.all([startTokenIssuer({ tls }), startTokenIssuer({ tls })])
  const config = { listen: '127.0.0.1:0', dataDir: join(dir, 'data'), logLevel: 'silent' as const }
  plane = await startControlPlane(config, () => now)
  await call('/clouds', cloudNamed('prod', cluster.issuer))
  const { crv, x, y, kid, kty, alg, use } = other.publicKey()
  await call('/clouds', cloudNamed('given', other.issuer, [{ crv, x, y, kid, kty, alg, use }]))
  await call('/clouds', cloudNamed('gone', 'https://127.0.0.1:1'))
})
afterAll(async () => {
  setDefaultCACertificates(authorities)
  await plane.close()
  await Promise.all([cluster, other].map((one) => one[Symbol.asyncDispose]()))
  await rm(dir, { recursive: true })
})

interface Pod {
  readonly node?: string
  readonly cloud?: string
  /** The address of its control plane. */
  readonly at?: string
}

/** As an API server fills the token of a pod. */
const claimsOf = ({ node = 'node-1', cloud = 'prod', at = plane.origin }: Pod) => ({
  aud: [podAudience(at, cloud)],
  sub: `system:serviceaccount:${account.replace('/', ':')}`,
  iat: Math.floor(now / 1000),
  exp: Math.floor(now / 1000) + 600,
  jti: crypto.randomUUID(),
  'kubernetes.io': {
    namespace: 'fairlead',
    node: { name: node },
    pod: { name: `agent-${++pods}`, uid: crypto.randomUUID() },
    serviceaccount: { name: 'agent', uid: crypto.randomUUID() },
  },
})

async function tokenFile(token: string): Promise<string> {
  const path = join(dir, `token-${crypto.randomUUID()}`)
  await writeFile(path, token)
  return path
}

/** A new pod with this token; returns the name of its node, or the code of what refused it. */
async function joined(
  token: string,
  { cloud = 'prod', at: host = plane.origin }: Pod = {},
  prove?: MachineProver,
): Promise<string> {
  const file = await tokenFile(token)
  const ask = prove ?? podProver({ tokenFile: file, host, cloud, provider: 'local' })
  const admission = { kind: 'proof', cloud, caSha256: null, prove: ask, podToken: file } as const
  const stateDir = join(dir, crypto.randomUUID())
  return joinNode({ host, admission, name: null, checker: false, stateDir, caFile: null }).then(
    ({ name }) => name,
    (error: { code: string }) => error.code,
  )
}

const nodes = async (at = plane) =>
  (await callAsAdmin(at, '/nodes', null)) as unknown as {
    results: { id: string; name: string; state: string; identity: object; checker: boolean }[]
  }

describe('S31: a pod joins', () => {
  test('with its token once, as the Kubernetes node on which it runs, and a restarted pod takes its place', async () => {
    const token = await cluster.issue(claimsOf({}))
    expect(await joined(token)).toBe('node-1')
    const principal = 'system:serviceaccount:fairlead:agent'
    expect((await nodes()).results).toMatchObject([{ name: 'node-1', identity: { principal, instance: 'node-1' } }])
    expect(await joined(await cluster.issue(claimsOf({})))).toBe('INSTANCE_ALREADY_JOINED')
    now += 120_000
    expect(await joined(token)).toBe('NODE_PROOF_REFUSED')
    expect(await joined(await cluster.issue(claimsOf({})))).toBe('node-1')
    expect((await nodes()).results.map(({ state }) => state)).toEqual(['online', 'revoked'])
  })

  test('once with its token, though another replica on the same PostgreSQL answers at the next time', async () => {
    await using postgres = await startPostgres()
    const database = await postgres.createDatabase()
    const replica = (listen: string) =>
      startControlPlane({ listen, database, dataDir: join(dir, crypto.randomUUID()), logLevel: 'silent' }, () => now)
    const first = await replica('127.0.0.1:0')
    const { origin } = first
    await callAsAdmin(first, '/clouds', cloudNamed('prod', cluster.issuer))
    const issue = () => cluster.issue(claimsOf({ at: origin }))
    const token = await issue()
    expect(await joined(token, { at: origin })).toBe('node-1')
    await first.close()
    const second = await replica(new URL(origin).host)
    expect(await joined(await issue(), { at: origin })).toBe('INSTANCE_ALREADY_JOINED')
    await callAsAdmin(first, `/nodes/${(await nodes(first)).results[0]?.id}/revoke`, {})
    expect(await joined(token, { at: origin })).toBe('NODE_PROOF_REFUSED')
    expect(await joined(await issue(), { at: origin })).toBe('node-1')
    await second.close()
  })

  test('after its cluster has rotated its keys', async () => {
    await cluster.rotateKeys()
    await vi.waitFor(
      async () => expect(await joined(await cluster.issue(claimsOf({ node: 'node-2' })))).toBe('node-2'),
      5000,
    )
  })

  test('with a token that the keys given by an administrator verify', async () => {
    expect(await joined(await other.issue(claimsOf({ node: 'node-3', cloud: 'given' })), { cloud: 'given' })).toBe(
      'node-3',
    )
  })

  test('later, if the keys of its cluster cannot be fetched now', async () => {
    const token = await cluster.issue({ ...claimsOf({ cloud: 'gone' }), iss: 'https://127.0.0.1:1' })
    expect(await joined(token, { cloud: 'gone' })).toBe('CLUSTER_KEYS_UNREACHABLE')
  })
})

/** Sends whatever it is given, as an agent never does. */
const sending =
  (token: string): MachineProver =>
  async () => ({ provider: 'kubernetes', proof: { service_account_token: token, cloud_provider: 'local' } })

describe('S31: a token', () => {
  test.each<[string, () => object]>([
    ['another control plane', () => ({ aud: [podAudience('https://evil.example.com', 'prod')] })],
    ['another cloud', () => ({ aud: [podAudience(plane.origin, 'given')] })],
    ['the API server', () => ({ aud: ['https://kubernetes.default.svc'] })],
    ['another service account', () => ({ sub: 'system:serviceaccount:fairlead:default' })],
    ['longer than ten minutes', () => ({ exp: Math.floor(now / 1000) + 3600 })],
  ])('is refused if it is for %s', async (_, part) => {
    const token = await cluster.issue({ ...claimsOf({ node: 'node-9' }), ...part() })
    expect(await joined(token, {}, sending(token))).toBe('NODE_PROOF_REFUSED')
  })

  test('of one known cluster is worthless in the cloud of another', async () => {
    const token = await other.issue(claimsOf({ node: 'node-9' }))
    expect(await joined(token, {}, sending(token))).toBe('NODE_PROOF_REFUSED')
  })
})

test('an agent whose pod has a checker’s command joins as soon as it can, and needs neither engine nor policy', async () => {
  const file = join(dir, 'checker-token')
  const prove = podProver({ tokenFile: file, host: plane.origin, cloud: 'prod', provider: 'local' })
  const admission = { kind: 'proof', cloud: 'prod', caSha256: null, prove, podToken: file } as const
  const ending = new AbortController()
  const stateDir = join(dir, 'checker')
  const running = runAgent(
    {
      stateDir,
      policyFile: null,
      secretsDir: join(dir, 'secrets'),
      dockerSocket: '/nonexistent/docker.sock',
      advertiseAddress: null,
      checker: true,
      metricsListen: null,
      keepFiles: null,
      healthListen: null,
      untaintNode: null,
      podsOfNode: null,
      join: { host: plane.origin, admission, name: null, caFile: null },
    },
    ending.signal,
  )
  // The kubelet is slow.
  await sleep(100)
  const claims = claimsOf({})
  await writeFile(file, await cluster.issue(claims))
  const name = claims['kubernetes.io'].pod.name
  await vi.waitFor(
    async () =>
      expect((await nodes()).results.find((node) => node.name === name)).toMatchObject({
        checker: true,
        state: 'online',
        facts: { engine_version: null },
      }),
    { timeout: 15_000, interval: 200 },
  )
  ending.abort()
  await running
})
