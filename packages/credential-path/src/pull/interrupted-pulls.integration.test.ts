/**
 * R4, R7, S12 with real parts: a registry behind a proxy that cuts, stalls and slows, Docker on a separate machine, and the agent's pull
 * path in a process there. Fetched bytes are counted at the proxy, by the requested ranges, and in the pull's record.
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createCa,
  createNetwork,
  eventually,
  makeImage,
  pushImage,
  startFaultProxy,
  startRegistry,
  startTokenServer,
  type FaultProxy,
  type LocalOciImage,
  type Machine,
  type Registry,
  type TestEngine,
  type TokenServer,
} from '@fairlead/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keepSecret, writeOwnerFiles } from '../testing/owner-files.ts'
import { startPullProcess, type Outcome, type PullProcess } from '../testing/pull-process.ts'

const username = 'robot'
const login = { username, password: 'canary-first-7Qx2' }
const changed = { username, password: 'canary-second-9Lm4' }
const waits = {
  timing: { connectMs: 3000, silenceMs: 20_000, wholeMs: 20_000 },
  retry: { tries: 3, pauseMs: 50, patienceMs: 10_000 },
  patience: { stallMs: 6000, retries: 2, pauseMs: 50 },
}

const parts = new AsyncDisposableStack()
let machine: Machine
let engine: TestEngine
let registry: Registry
/** Basic: its registry checks the password again on each request. */
let proxy: FaultProxy
let tokens: TokenServer
let tokenRegistry: Registry
/** Bearer, with tokens that live for seconds. */
let tokenProxy: FaultProxy
let puller: PullProcess

beforeAll(async () => {
  const network = parts.use(await createNetwork())
  const tls = await createCa()
  const host = network.hostAddress
  const users = { [username]: login.password }
  registry = parts.use(await startRegistry({ host, tls, auth: { kind: 'htpasswd', users } }))
  proxy = parts.use(await startFaultProxy({ target: registry, tls, host }))
  tokens = parts.use(
    await startTokenServer({
      host,
      tls,
      users: { [username]: { password: login.password, pull: ['*'], push: ['*'] } },
    }),
  )
  tokenRegistry = parts.use(await startRegistry({ host, tls, auth: { kind: 'token', tokenServer: tokens } }))
  tokenProxy = parts.use(await startFaultProxy({ target: tokenRegistry, tls, host }))
  machine = await network.machine('puller')
  engine = await machine.startEngine({ config: { 'max-concurrent-downloads': 3 } })

  const tokenHost = new URL(tokens.realm).host
  await writeOwnerFiles(machine, {
    caPem: tls.caPem,
    trusted: [proxy.host, tokenProxy.host, tokenHost],
    policy: { trusted_realms: [{ registry: tokenProxy.host, realm: tokens.realm }] },
  })
  await keepSecret(machine, 'basic', { ...login, server: proxy.host })
  await keepSecret(machine, 'bearer', { ...login, server: tokenProxy.host })
  puller = await startPullProcess(machine, { ledgerDir: '/var/lib/fairlead/pulls', waits })
})
afterAll(() => parts.disposeAsync())
beforeEach(async () => {
  logged = (await readFile(engine.logFile, 'utf8')).length
})
afterEach(() => {
  proxy.clear()
  tokenProxy.clear()
})

async function push(name: string, layers: readonly number[]): Promise<LocalOciImage> {
  const image = await makeImage({ layers: layers.map((randomBytes) => ({ randomBytes })) })
  await pushImage(registry, name, '1', image, login)
  return image
}

const pull = (name: string): Promise<Outcome> => puller.pull(`${proxy.host}/${name}:1`, 'basic')

/** Counts only the requested layers; the config and a layer with a shell come before them. */
const digestOf = (image: LocalOciImage, layer: number): string => image.blobs[layer + 2]?.digest ?? 'no such layer'
const ofLayer = (image: LocalOciImage, layer: number): RegExp => new RegExp(`${digestOf(image, layer)}$`)
const rangesOf = ({ requests }: FaultProxy, image: LocalOciImage, layer: number): readonly (string | null)[] =>
  requests.filter(({ path }) => path.endsWith(digestOf(image, layer))).map(({ range }) => range)
/** The engine's log since the test began. */
let logged = 0
const engineNoticed = async (): Promise<boolean> =>
  /retrying/i.test((await readFile(engine.logFile, 'utf8')).slice(logged))

describe('a pull from a registry that misbehaves midway', () => {
  test('R4: resumes a layer that is cut three times, without Docker noticing', async () => {
    const image = await push('team/cut', [6_000_000, 50_000])
    proxy.inject({ path: ofLayer(image, 0), times: 3, fault: { kind: 'cut', afterBytes: 1_500_000, reset: true } })
    const { code, record } = await pull('team/cut')
    expect([code, record?.bytes]).toEqual([null, record?.total_bytes])
    const ranges = rangesOf(proxy, image, 0)
    expect(ranges).toHaveLength(4)
    expect(ranges.slice(1).every((range) => /^bytes=[1-9]\d+-$/.test(range ?? ''))).toBe(true)
    expect(await engineNoticed()).toBe(false)
  })

  test('R4: fetches a large layer over several connections where one is slow, resumes the one that is cut, and fetches no byte twice', async () => {
    const image = await push('team/large', [40_000_000])
    const path = ofLayer(image, 0)
    proxy.inject({ path, fault: { kind: 'slow', bytesPerSecond: 6_000_000 } })
    proxy.inject({ path, times: 1, fault: { kind: 'cut', afterBytes: 1_000_000 } })
    const { code, record } = await pull('team/large')
    expect([code, record?.bytes]).toEqual([null, record?.total_bytes])
    const starts = rangesOf(proxy, image, 0).map((range) => Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0))
    expect(starts.length).toBeGreaterThan(4)
    // Any of those that begin at the same time may be the one that is cut.
    expect(starts.filter((start) => starts.includes(start - 1_000_000))).toHaveLength(1)
    expect(new Set(starts).size).toBe(starts.length)
    expect(await engineNoticed()).toBe(false)
  })

  test('R4: resumes a layer that falls silent on another connection', async () => {
    const image = await push('team/stall', [4_000_000])
    proxy.inject({ path: ofLayer(image, 0), times: 1, fault: { kind: 'stall', afterBytes: 1_000_000 } })
    const { code, record } = await pull('team/stall')
    expect([code, record?.bytes]).toEqual([null, record?.total_bytes])
    expect(rangesOf(proxy, image, 0)).toEqual([null, 'bytes=1000000-'])
    expect(await engineNoticed()).toBe(false)
  })

  test('R4: sends no request after a 429 before its Retry-After', async () => {
    const image = await push('team/busy', [1_000_000])
    let until = 0
    let early = 0
    const answer = () => {
      if (until === 0) until = performance.now() + 2000
      else early += 1
      return { status: 429, headers: { 'retry-after': '2' } }
    }
    const rule = { path: ofLayer(image, 0), fault: { kind: 'answer', answer } } as const
    const busy = proxy.inject(rule)
    const pulling = pull('team/busy')
    await eventually(() => busy.hits || undefined, { what: 'the layer is asked for' })
    // Requests made while the registry is busy are counted; the last moments depend on the clock.
    await sleep(until - performance.now() - 50)
    proxy.clear()
    expect(await pulling).toMatchObject({ code: null })
    expect(early).toBe(0)
  })

  test('R4: does not fetch again what an earlier order received', async () => {
    const image = await push('team/twice', [3_000_000, 2_000_000])
    proxy.inject({ path: ofLayer(image, 1), fault: { kind: 'cut', afterBytes: 700_000 } })
    const rest = { path: ofLayer(image, 1), fault: { kind: 'cut' } } as const
    const failing = pull('team/twice')
    await eventually(() => rangesOf(proxy, image, 1).length || undefined, { what: 'the layer is asked for' })
    proxy.inject(rest)
    const first = await failing
    proxy.clear()
    const second = await pull('team/twice')
    expect([first.code, second.code]).toEqual(['REGISTRY_UNREACHABLE', null])
    const kept = (image.blobs[2]?.size ?? 0) + 700_000
    expect(second.record).toMatchObject({ bytes: (second.record?.total_bytes ?? 0) - kept })
    expect(rangesOf(proxy, image, 0)).toEqual([null])
    expect(rangesOf(proxy, image, 1).at(-1)).toBe('bytes=700000-')
  })
})

describe('an engine', () => {
  test.for(['restart', 'kill'] as const)(
    'R7: by %s in the middle of a pull gets the rest alone from the registry',
    async (how) => {
      const image = await push(`team/engine-${how}`, [2_000_000, 8_000_000])
      const stall = proxy.inject({ path: ofLayer(image, 1), fault: { kind: 'stall', afterBytes: 3_000_000 } })
      const pulling = pull(`team/engine-${how}`)
      await eventually(() => stall.hits || undefined, { what: 'the layer is asked for' })
      // By then the agent has both the part that stalls and the part that does not.
      await sleep(1500)
      if (how === 'kill') engine.kill('SIGKILL')
      await engine.halt()
      proxy.clear()
      await engine.start()
      const { code, record } = await pulling
      expect([code, record?.bytes]).toEqual([null, record?.total_bytes])
      // An engine that is slow to stop requests the rest itself before that.
      const [first, ...rest] = rangesOf(proxy, image, 1)
      expect([rangesOf(proxy, image, 0), first]).toEqual([[null], null])
      expect(rest.length).toBeGreaterThan(0)
      expect(Math.min(...rest.map((range) => Number(/\d+/.exec(range ?? ''))))).toBe(3_000_000)
    },
  )

  test('S12: completes several concurrent pulls of images that share layers', async () => {
    const shared = { randomBytes: 3_000_000 }
    const names = ['team/one', 'team/two', 'team/three']
    for (const name of names) {
      const image = await makeImage({ layers: [shared, { randomBytes: 400_000 }] })
      await pushImage(registry, name, '1', image, login)
    }
    const outcomes = await Promise.all([...names, ...names].map(pull))
    expect(outcomes.map(({ code }) => code)).toEqual(Array.from({ length: 6 }, () => null))
  })
})

describe('a login', () => {
  test('S12: whose token expires during the pull is renewed by the gateway, unseen by Docker', async () => {
    const image = await makeImage({ layers: [{ randomBytes: 3_000_000 }] })
    await pushImage(tokenRegistry, 'team/slow', '1', image, login)
    tokens.setTokenSeconds(4)
    const path = ofLayer(image, 0)
    // A client that waits as asked returns with an expired token.
    const busy = { status: 503, headers: { 'retry-after': '5' } }
    tokenProxy.inject({ path, times: 1, fault: { kind: 'answer', answer: busy } })
    tokenProxy.inject({ path, times: 1, fault: { kind: 'cut', afterBytes: 1_000_000 } })
    const name = `${tokenProxy.host}/team/slow:1`
    const { code, record } = await puller.pull(name, 'bearer')
    tokens.setTokenSeconds(300)
    expect([code, record?.bytes]).toEqual([null, record?.total_bytes])
    const asked = tokenProxy.requests.filter((request) => request.path.endsWith(digestOf(image, 0)))
    expect(asked.map(({ status }) => status)).toEqual([200, 503, 401, 206])
    expect(await engineNoticed()).toBe(false)
  })

  test('S12: that changes in the middle of a pull is read again, and what was received is not fetched again', async () => {
    const image = await push('team/rotated', [2_000_000, 6_000_000])
    proxy.inject({ path: ofLayer(image, 1), times: 1, fault: { kind: 'stall', afterBytes: 2_000_000 } })
    const pulling = pull('team/rotated')
    await eventually(() => rangesOf(proxy, image, 1).length || undefined, { what: 'the layer is asked for' })
    await registry.rotate(username, changed.password)
    await keepSecret(machine, 'basic', { ...changed, server: proxy.host })
    const { code, record } = await pulling
    expect([code, record?.bytes]).toEqual([null, record?.total_bytes])
    const blobs = proxy.requests.filter(({ path }) => path.endsWith(digestOf(image, 1)))
    expect(blobs.map(({ status, range }) => [status, range])).toEqual([
      [200, null],
      [401, 'bytes=2000000-'],
      [206, 'bytes=2000000-'],
    ])
    expect(rangesOf(proxy, image, 0)).toEqual([null])
    // The recorded version is the one the registry last accepted: the next pull starts with it.
    const next = await pull('team/rotated')
    expect(next.record).toMatchObject({ code: null, secret_version: record?.secret_version })
  })
})
