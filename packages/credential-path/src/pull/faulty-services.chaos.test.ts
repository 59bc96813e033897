/**
 * R4, R5, R6, R7: a registry, its token server, secret managers and disks that fail at a step that the seed decides, and passwords that change
 * under pulls. Docker and the pull path are on a machine; what Docker has in the end is what was pushed.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { problems } from '@fairlead/contract/problems'
import {
  createCa,
  createNetwork,
  eventually,
  googleNames,
  makeImage,
  mayRead,
  playRounds,
  pushImage,
  startAwsFront,
  startFaultProxy,
  startGoogle,
  startMoto,
  startRegistry,
  startTokenServer,
  type FaultProxy,
  type FaultRule,
  type HttpFault,
  type LocalOciImage,
  type Machine,
  type Moto,
  type Registry,
  type TestEngine,
} from '@fairlead/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { writeOwnerFiles, writePolicy } from '../testing/owner-files.ts'
import { startPullProcess, type Outcome, type PullProcess, type PullProcessOptions } from '../testing/pull-process.ts'

const layerBytes = 2_000_000
const username = 'robot'
const newPassword = (): string => `canary-${randomBytes(12).toString('hex')}`
const passwords = [newPassword()]
const password = (): string => passwords.at(-1) ?? ''
const waits = {
  timing: { connectMs: 3000, silenceMs: 3000, wholeMs: 6000 },
  retry: { tries: 3, pauseMs: 50, patienceMs: 10_000 },
  patience: { stallMs: 3000, retries: 2, pauseMs: 50 },
}
const diskBytes = 150_000_000

const parts = new AsyncDisposableStack()
let moto: Moto
let machine: Machine
let engine: TestEngine
let basic: Registry
let bearer: Registry
let pusher: { username: string; password: string }
let proxies: Readonly<Record<'basic' | 'bearer' | 'tokens', FaultProxy>>

interface SecretManager {
  readonly proxy: FaultProxy
  /** The requests that read a secret. */
  readonly reads: Required<Pick<FaultRule, 'method' | 'path'>>
  readonly throttled: HttpFault
  readonly put: (name: string, login: object) => Promise<unknown>
  /** A pull path with an identity there. Only one with Docker can do more than check. */
  readonly startNode: (place?: Pick<PullProcessOptions, 'ledgerDir' | 'dockerSocket'>) => Promise<PullProcess>
}

let aws: SecretManager
let google: SecretManager
let puller: PullProcess
let googlePuller: PullProcess

beforeAll(async () => {
  const network = parts.use(await createNetwork())
  const tls = await createCa()
  const at = { host: network.hostAddress, tls }
  const proxied = async (target: { url: string; caPem: string | null }) =>
    parts.use(await startFaultProxy({ target, ...at }))
  moto = parts.use(await startMoto({ ...at }))
  const front = parts.use(await startAwsFront({ moto, role: 'puller', policy: mayRead('chaos-*'), ...at }))
  const gcp = parts.use(await startGoogle({ ca: tls, host: network.hostAddress }))
  basic = parts.use(await startRegistry({ ...at, auth: { kind: 'htpasswd', users: { [username]: password() } } }))
  pusher = { username: 'pusher', password: randomBytes(12).toString('hex') }
  const users = {
    [username]: { password: password(), pull: ['*'] },
    [pusher.username]: { password: pusher.password, pull: ['*'], push: ['*'] },
  }
  const tokenServer = parts.use(await startTokenServer({ ...at, users }))
  const { origin, pathname } = new URL(tokenServer.realm)
  const tokens = await proxied({ url: origin, caPem: tls.caPem })
  const realm = `${tokens.url}${pathname}`
  bearer = parts.use(await startRegistry({ ...at, auth: { kind: 'token', tokenServer: { ...tokenServer, realm } } }))
  proxies = {
    basic: await proxied(basic),
    bearer: await proxied(bearer),
    tokens,
  }
  machine = await network.machine('puller')
  for (const place of ['/var/lib/docker', '/var/lib/fairlead']) {
    await machine.mustExec('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', place])
  }
  engine = await machine.startEngine()
  const trusted = [proxies.basic.host, proxies.bearer.host, tokens.host]
  const policy = { trusted_realms: [{ registry: proxies.bearer.host, realm }], secret_manager_ca: tls.caFile }
  await writeOwnerFiles(machine, { caPem: tls.caPem, trusted, policy })
  const awsProxy = await proxied({ url: front.endpoint, caPem: tls.caPem })
  aws = {
    proxy: awsProxy,
    reads: { method: 'POST', path: /^/ },
    throttled: answering(400, { __type: 'ThrottlingException', message: 'Rate exceeded' }),
    put: moto.putSecret,
    startNode: (place) =>
      startPullProcess(machine, {
        provider: 'aws',
        env: { ...front.nodeEnv, AWS_ENDPOINT_URL: awsProxy.url },
        waits,
        ...place,
      }),
  }
  await writePolicy(machine, { trusted, policy: { ...policy, proxy: gcp.proxyUrl }, name: 'google.yaml' })
  const googleProxy = parts.use(
    await startFaultProxy({ target: { url: gcp.origin, caPem: tls.caPem }, alsoNames: googleNames, ...at }),
  )
  gcp.leadTo(googleProxy.port)
  google = {
    proxy: googleProxy,
    reads: { method: 'GET', path: /:access$/ },
    throttled: answering(429, { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded' } }),
    put(name, login) {
      const path = `projects/${gcp.machine.projectId}/secrets/${name}`
      gcp.secrets.add(path, JSON.stringify(login))
      gcp.secrets.allow(path, `serviceAccount:${gcp.machine.email}`)
      return Promise.resolve()
    },
    startNode: (place) =>
      startPullProcess(machine, {
        provider: 'gcp',
        policyFile: '/etc/fairlead/google.yaml',
        env: { GCE_METADATA_HOST: gcp.metadataHost },
        waits,
        ...place,
      }),
  }
  puller = await aws.startNode({ ledgerDir: '/var/lib/fairlead/pulls' })
  googlePuller = await google.startNode({ ledgerDir: '/var/lib/fairlead/pulls-google' })
})
afterAll(() => parts.disposeAsync())
afterEach(() => {
  for (const proxy of [...Object.values(proxies), aws.proxy, google.proxy]) proxy.clear()
})

const exposure = {
  secrets: () => passwords,
  places: () => [engine.logFile, machine.stateDir, machine.homeDir, machine.etcDir, machine.dockerEtcDir, machine.dir],
}

let made = 0

interface Pushed {
  readonly image: LocalOciImage
  readonly reference: string
  readonly secret: string
  readonly pull: () => Promise<Outcome>
}

/** A new image in a new repository, with a new secret: nothing of it is cached anywhere. */
async function push(kind: 'basic' | 'bearer', manager = aws, by = puller): Promise<Pushed> {
  made += 1
  const [name, secret] = [`team/app-${made}`, `chaos-${made}`]
  const image = await makeImage({ layers: [{ randomBytes: layerBytes }, { randomBytes: 50_000 }] })
  const login = kind === 'basic' ? { username, password: password() } : pusher
  await pushImage(kind === 'basic' ? basic : bearer, name, '1', image, login)
  const { host } = proxies[kind]
  await manager.put(secret, {
    username,
    password: kind === 'basic' ? password() : (passwords[0] ?? ''),
    server: host,
  })
  const reference = `${host}/${name}:1`
  return { image, reference, secret, pull: () => by.pull(reference, secret) }
}

/** A pull succeeds, and Docker has exactly the image that was pushed; nothing that happened before is in its way. */
async function expectPulled({ image, reference, pull }: Pushed): Promise<void> {
  let shown = ''
  // For some seconds, what a secret manager refused is not asked again.
  const succeeds = async () => {
    const outcome = await pull()
    shown = outcome.shown
    return outcome.code === null || undefined
  }
  await eventually(succeeds, { what: 'a pull succeeds', everyMs: 500, timeoutMs: 30_000, evidence: () => shown })
  const id = await machine.mustExec('docker', ['image', 'inspect', '--format', '{{.Id}}', reference])
  expect(id.trim()).toBe(image.blobs[0]?.digest)
  await machine.mustExec('docker', ['rmi', '-f', reference])
}

/** A failure is something that a user can look up: never a fault of our own, or a text. */
const isExpected = (code: string | null, mustSucceed: boolean): boolean =>
  code === null || (!mustSucceed && code !== 'INTERNAL' && code in problems)

const steps = ['token', 'manifest', 'config', 'layer'] as const

/** `delays`: once is no reason for a pull to fail. */
const faults: readonly { readonly what: string; readonly delays: boolean; readonly fault: HttpFault }[] = [
  {
    what: '429',
    delays: true,
    fault: { kind: 'answer', answer: { status: 429, headers: { 'retry-after': '1' } } },
  },
  { what: '503', delays: true, fault: { kind: 'answer', answer: { status: 503 } } },
  { what: 'reset', delays: true, fault: { kind: 'cut', reset: true } },
  { what: 'hang', delays: true, fault: { kind: 'hang' } },
  { what: 'cut', delays: true, fault: { kind: 'cut', afterBytes: 100 } },
  { what: 'stall', delays: true, fault: { kind: 'stall', afterBytes: 100 } },
  { what: 'slow', delays: true, fault: { kind: 'slow', bytesPerSecond: layerBytes } },
  { what: 'truncated', delays: false, fault: { kind: 'truncate', afterBytes: 100 } },
  { what: 'wrong digest', delays: false, fault: { kind: 'corrupt', atByte: 50 } },
]
const atEachStep = steps.flatMap((step) => faults.map((fault) => ({ ...fault, step })))

test('R4: a registry that fails at a step delays the pull or ends it with a code, and a later pull succeeds', () =>
  playRounds({
    fault: 'registry or token server: 429, 503, reset, hang, cut, stall, slow, truncated, wrong digest, at each step',
    exposure,
    async play({ turn, pick }) {
      const { step, what, delays, fault } = turn(atEachStep)
      const times = pick([1, Number.POSITIVE_INFINITY])
      const pushed = await push('bearer')
      const [config, , layer] = pushed.image.blobs
      const path = {
        token: /^/,
        manifest: /\/manifests\//,
        config: new RegExp(`${config?.digest}$`),
        layer: new RegExp(`${layer?.digest}$`),
      }[step]
      const proxy = proxies[step === 'token' ? 'tokens' : 'bearer']
      const since = proxy.requests.length
      const rule = proxy.inject({ path, times, fault })
      const { code, shown } = await pushed.pull()
      const told = `${what} at ${step}, ${times === 1 ? 'once' : 'always'}: ${code} ${shown.slice(0, 500)}`
      expect(rule.hits, told).toBeGreaterThan(0)
      expect(isExpected(code, times === 1 && delays), told).toBe(true)
      expect(earliest(proxy, since, path), told).toBeGreaterThan(950)
      rule.remove()
      await expectPulled(pushed)
      return []
    },
  }))

/** The shortest pause after a 429, in ms. */
function earliest({ requests }: FaultProxy, since: number, path: RegExp): number {
  const asked = requests.slice(since).filter((request) => path.test(request.path))
  const pauses = asked.flatMap(({ status, time }, index) => {
    const next = asked[index + 1]
    return status === 429 && next !== undefined ? [next.time.getTime() - time.getTime()] : []
  })
  return Math.min(Number.POSITIVE_INFINITY, ...pauses)
}

const answering = (status: number, body: object): HttpFault => ({
  kind: 'answer',
  answer: { status, body: JSON.stringify(body) },
})

const secretFaults = (throttled: HttpFault): typeof faults => [
  { what: 'throttled', delays: true, fault: throttled },
  ...faults.filter(({ what }) => what !== 'slow'),
  { what: 'slow drip', delays: true, fault: { kind: 'slow', bytesPerSecond: 400 } },
]

const managers: readonly { readonly name: string; readonly at: () => SecretManager; readonly by: () => PullProcess }[] =
  [
    { name: 'AWS Secrets Manager', at: () => aws, by: () => puller },
    { name: 'Google Secret Manager', at: () => google, by: () => googlePuller },
  ]

/** What was asked for a secret since then. */
const readsSince = ({ proxy, reads }: SecretManager, since: number) =>
  proxy.requests.slice(since).filter(({ method, path }) => method === reads.method && reads.path.test(path))

/** How often a node asks at most before it gives its pulls a code. */
const attempts = 3

test.each(managers)(
  'R5: $name that fails delays a pull or ends it with a code; pulls that wait for one secret ask at most three times',
  ({ name, at, by }) =>
    playRounds({
      fault: `${name}: throttled, 429, 503, reset, hang, cut, stall, truncated, wrong byte, slow drip`,
      exposure,
      shortRounds: 2,
      async play({ turn, pick, between }) {
        const manager = at()
        const { what, delays, fault } = turn(secretFaults(manager.throttled))
        const times = pick([1, Number.POSITIVE_INFINITY])
        const pushed = await push('bearer', manager, by())
        const since = manager.proxy.requests.length
        const rule = manager.proxy.inject({ ...manager.reads, times, fault })
        const outcomes = await Promise.all(Array.from({ length: between(1, 6) }, () => pushed.pull()))
        for (const { code, shown } of outcomes) {
          const told = `${what}, ${times === 1 ? 'once' : 'always'}: ${code} ${shown.slice(0, 500)}`
          expect(isExpected(code, times === 1 && delays), told).toBe(true)
        }
        expect(rule.hits, what).toBeGreaterThan(0)
        expect(readsSince(manager, since).length, what).toBeLessThanOrEqual(attempts)
        rule.remove()
        await expectPulled(pushed)
        return []
      },
    }),
)

const nodesAtOnce = 8

test.each(managers)(
  'R5: eight nodes that ask $name at once, while it throttles, read the secret once each',
  async ({ name, at }) => {
    const manager = at()
    const nodes = await Promise.all(
      Array.from({ length: nodesAtOnce }, () => manager.startNode({ dockerSocket: null })),
    )
    await playRounds({
      fault: `${name} throttles ${nodesAtOnce} nodes that ask at once, three pulls on each`,
      exposure,
      shortRounds: 1,
      async play({ between }) {
        const { reference, secret } = await push('bearer', manager)
        const since = manager.proxy.requests.length
        const reads = () => readsSince(manager, since)
        const succeeded = () => reads().filter(({ status }) => status === 200).length
        const times = between(1, attempts * nodesAtOnce)
        const rule = manager.proxy.inject({ ...manager.reads, times, fault: manager.throttled })
        const ask = async (node: PullProcess) => {
          const outcomes = await Promise.all([1, 2, 3].map(() => node.check(reference, secret)))
          return [...new Set(outcomes.map(({ code }) => code))]
        }
        const codes = await Promise.all(nodes.map(ask))
        expect([[null], ['SECRET_MANAGER_THROTTLED']], `${times} throttled`).toEqual(expect.arrayContaining(codes))
        expect(reads().length, `${times} throttled`).toBeLessThanOrEqual(attempts * nodesAtOnce)
        expect(succeeded(), `${times} throttled`).toBe(codes.filter(([code]) => code === null).length)
        rule.remove()
        // For some seconds, a node that was refused does not ask again.
        const allRead = async () =>
          (await Promise.all(nodes.map(ask))).flat().every((code) => code === null) || undefined
        await eventually(allRead, { what: 'every node has the login', everyMs: 500, timeoutMs: 30_000 })
        expect(succeeded(), `${times} throttled`).toBe(nodesAtOnce)
        return []
      },
    })
  },
)

test('R6: pulls in a loop succeed while the password changes in the secret manager and in the registry', () =>
  playRounds({
    fault: 'rotation of the password under a loop of pulls',
    exposure,
    async play({ between }) {
      const pushed = await push('basic')
      const over = new AbortController()
      const codes: (string | null)[] = []
      const loop = async (): Promise<void> => {
        while (!over.signal.aborted) codes.push((await pushed.pull()).code)
      }
      const loops = [loop(), loop(), loop()]
      await eventually(() => codes.length > 2 || undefined, { what: 'pulls succeed', timeoutMs: 60_000 })
      await sleep(between(0, 300))
      passwords.push(newPassword())
      const changed = { username, password: password(), server: proxies.basic.host }
      await moto.updateSecret(`chaos-${made}`, changed)
      await basic.rotate(username, password())
      const after = codes.length
      await eventually(() => codes.length > after + 5 || undefined, { what: 'pulls go on', timeoutMs: 60_000 })
      over.abort()
      await Promise.all(loops)
      expect(codes.filter((code) => code !== null)).toEqual([])
      await expectPulled(pushed)
      return []
    },
  }))

test('R7: a disk that fills up in the middle of a pull ends it with a code at most, and the next pull succeeds once there is room', () =>
  playRounds({
    fault: 'a tmpfs that fills up in the middle of a pull: Docker’s, or the agent’s',
    exposure,
    async play({ turn, between }) {
      const place = turn(['/var/lib/docker', '/var/lib/fairlead'])
      const pushed = await push('basic')
      const layer = pushed.image.blobs[2]?.digest
      const held = Promise.withResolvers<void>()
      const rule = proxies.basic.inject({
        path: new RegExp(`${layer}$`),
        fault: { kind: 'hold', until: held.promise },
      })
      const pulling = pushed.pull()
      await eventually(() => rule.hits || undefined, { what: 'the layer is asked for' })
      const left = between(0, layerBytes)
      const fill = 'head -c 1G /dev/zero > "$0/ballast"; truncate -s "-$1" "$0/ballast"'
      await machine.exec('sh', ['-c', fill, place, String(left)])
      held.resolve()
      rule.remove()
      const { code, shown } = await pulling
      expect([null, 'NODE_DISK_FULL'], `${place} with ${left} bytes left: ${shown.slice(0, 800)}`).toContain(code)
      await machine.mustExec('rm', [`${place}/ballast`])
      await expectPulled(pushed)
      return []
    },
  }))
