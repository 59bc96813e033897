/** The doctor on real parts: registries with Basic auth and with a token server over TLS, a Docker Engine on a separate machine, secrets in files. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createCa,
  createNetwork,
  makeImage,
  pushImage,
  startHostileRegistry,
  startRecorder,
  startRegistry,
  startTokenServer,
  type Machine,
  type Recorder,
  type Registry,
  type TestEngine,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAnsweringProcess, type AnsweringProcess } from '@fairlead/credential-path/testing/answering-process'

const password = 'canary-doctor-Zt51mQ'
const users = {
  writer: { password, pull: ['*'], push: ['*'] },
  reader: { password, pull: ['team/app'] },
}
const resources = new AsyncDisposableStack()
let machine: Machine
let engine: TestEngine
/** An engine with its own loopback. */
let elsewhere: TestEngine
let basic: Registry
let bearer: Registry
let realm: string
let villain: Recorder
let hostile: Recorder
let policy: Record<string, unknown>
let asked: AnsweringProcess

beforeAll(async () => {
  const network = resources.use(await createNetwork())
  const tls = await createCa()
  const host = network.hostAddress
  const tokenServer = resources.use(await startTokenServer({ host, tls, users, anonymousPull: ['team/open'] }))
  realm = tokenServer.realm
  basic = resources.use(await startRegistry({ host, tls, auth: { kind: 'htpasswd', users: { writer: password } } }))
  bearer = resources.use(await startRegistry({ host, tls, auth: { kind: 'token', tokenServer } }))
  villain = resources.use(await startRecorder({ host, tls }))
  hostile = resources.use(await startHostileRegistry({ host, tls, realm: `${villain.origin}/token` }))
  machine = await network.machine('patient')
  engine = await machine.startEngine()
  elsewhere = await (await network.machine('elsewhere')).startEngine()
  const ca = '/etc/fairlead/ca.pem'
  await writeFile(join(machine.etcDir, 'ca.pem'), tls.caPem)
  const registries = [basic.host, bearer.host, hostile.host]
  policy = {
    registry_ca: Object.fromEntries([...registries, hostOf(realm)].map((name) => [name, ca])),
    trusted_realms: [{ registry: bearer.host, realm }],
    allowed_secrets: ['writer', 'reader', 'broken', 'wrong', 'nowhere'].map((reference) => ({ reference, registries })),
  }
  const image = await makeImage({ files: { 'hello.txt': 'hello' } })
  const other = await makeImage({
    base: 'none',
    files: { 'hello.txt': 'hello' },
    platform: { os: 'linux', architecture: 's390x' },
  })
  const login = { username: 'writer', password }
  await pushImage(basic, 'team/app', '1', image, login)
  for (const name of ['team/app', 'team/other', 'team/open']) await pushImage(bearer, name, '1', image, login)
  await pushImage(bearer, 'team/app', 'elsewhere', other, login)
  asked = await startAnsweringProcess(machine, program, { RUN_DOCTOR: new URL('run-doctor.ts', import.meta.url).href })
})
afterAll(() => resources.disposeAsync())

const hostOf = (url: string): string => new URL(url).host

interface Told {
  readonly step: string
  readonly status: string
  readonly code: string | null
  readonly findings: Readonly<Record<string, unknown>>
}

interface Outcome {
  readonly steps: readonly Told[]
  readonly warnings: readonly string[]
  readonly serverOfSecret: string | null
}

const program = `
const { runDoctor } = await import(process.env.RUN_DOCTOR)
async function answer(options) {
  const report = await runDoctor({ ...options, onSteps: () => {} }, new AbortController().signal)
  return {
    steps: report.steps.map(({ step, status, problem, findings }) => ({ step, status, code: problem?.code ?? null, findings })),
    warnings: report.warnings.map(({ code }) => code),
    serverOfSecret: report.serverOfSecret,
  }
}
`

interface Ask {
  readonly image?: string | null
  readonly secret?: string | null
  readonly document?: unknown
  readonly policy?: Record<string, unknown>
  readonly dockerSocket?: string
}

async function doctor({ image = `${bearer.host}/team/app:1`, secret = 'reader', ...ask }: Ask = {}): Promise<Outcome> {
  const folder = join(machine.etcDir, 'secrets')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const server = image?.split('/', 1)[0] ?? ''
  const documents = {
    writer: { username: 'writer', password, server },
    reader: { username: 'reader', password, server },
    wrong: { username: 'reader', password: `${password}-old`, server },
    broken: ask.document ?? { username: 'reader', password },
  }
  for (const [name, document] of Object.entries(documents)) {
    await writeFile(join(folder, name), JSON.stringify(document), { mode: 0o600 })
  }
  await writeFile(join(machine.etcDir, 'policy.yaml'), JSON.stringify({ ...policy, ...ask.policy }))
  const options = {
    image,
    secret,
    provider: null,
    policyFile: '/etc/fairlead/policy.yaml',
    secretsDir: '/etc/fairlead/secrets',
    dockerSocket: ask.dockerSocket ?? engine.socket,
    stateDir: '/var/lib/fairlead/none',
    dockerConfig: '/root/.docker/none.json',
  }
  const outcome = await asked.ask<Outcome>(options)
  expect(JSON.stringify(outcome)).not.toContain(password)
  return outcome
}

const failed = ({ steps }: Outcome) =>
  steps.filter(({ status }) => status === 'failed').map(({ step, code }) => `${step} ${code}`)
const done = ({ steps }: Outcome) => steps.filter(({ status }) => status === 'done').map(({ step }) => step)

describe('a healthy node', () => {
  test('Basic: real parts do every step, and nothing is pulled', async () => {
    const outcome = await doctor({ image: `${basic.host}/team/app:1`, secret: 'writer' })
    expect(failed(outcome)).toEqual([])
    expect(done(outcome)).toEqual([
      'policy',
      'image',
      'identity',
      'secret',
      'parse',
      'match',
      'reach',
      'tls',
      'challenge',
      'token',
      'manifest',
      'platform',
      'disk',
      'docker',
      'gateway',
    ])
    expect(outcome.steps.find(({ step }) => step === 'docker')?.findings).toMatchObject({ version: engine.version })
    expect(await machine.mustExec('docker', ['-H', `unix://${engine.socket}`, 'images', '--all', '--quiet'])).toBe('')
  })

  test('Bearer: a reader gets no warning, a writer may push, an open image needs no login', async () => {
    const reader = await doctor()
    expect(failed(reader)).toEqual([])
    expect(done(reader)).toContain('realm')
    expect(reader.warnings).toEqual([])
    expect((await doctor({ secret: 'writer' })).warnings).toEqual(['LOGIN_MAY_PUSH'])
    const open = await doctor({ image: `${bearer.host}/team/open:1`, secret: 'writer' })
    expect(open.warnings).toEqual(['LOGIN_MAY_PUSH', 'LOGIN_NOT_NEEDED'])
  })

  test('the installation', async () => {
    const outcome = await doctor({ image: null, secret: null })
    expect(failed(outcome)).toEqual([])
    expect(done(outcome)).toEqual(['policy', 'identity', 'disk', 'docker', 'gateway'])
  })
})

describe('each step fails with the problem of the pull path', () => {
  const noCa = () => ({ policy: { ...policy, registry_ca: {} } })
  const failures: [step: string, code: string, ask: () => Ask][] = [
    ['policy', 'POLICY_INVALID', () => ({ policy: { trusted_realm: [] } })],
    ['image', 'IMAGE_REF_INVALID', () => ({ image: `${bearer.host}/TEAM/app` })],
    ['secret', 'SECRET_NOT_FOUND', () => ({ secret: 'nowhere' })],
    ['secret', 'SECRET_NOT_ALLOWED_HERE', () => ({ secret: 'unlisted' })],
    ['parse', 'SECRET_FIELD_MISSING', () => ({ secret: 'broken' })],
    [
      'match',
      'CREDENTIAL_SERVER_MISMATCH',
      () => ({ secret: 'broken', document: { username: 'reader', password, server: 'other.example.com' } }),
    ],
    ['tls', 'REGISTRY_TLS', noCa],
    ['token', 'REGISTRY_LOGIN_REJECTED', () => ({ secret: 'wrong' })],
    ['token', 'REGISTRY_LOGIN_REJECTED', () => ({ image: `${basic.host}/team/app:1`, secret: 'wrong' })],
    ['manifest', 'REGISTRY_ACCESS_DENIED', () => ({ image: `${bearer.host}/team/other:1` })],
    ['manifest', 'IMAGE_NOT_FOUND', () => ({ image: `${bearer.host}/team/app:2` })],
    ['platform', 'IMAGE_PLATFORM_MISMATCH', () => ({ image: `${bearer.host}/team/app:elsewhere` })],
    ['disk', 'IMAGE_TOO_LARGE', () => ({ policy: { max_image_bytes: 1000 } })],
    ['disk', 'NODE_DISK_FULL', () => ({ policy: { disk_reserve_bytes: 2 ** 50 } })],
    ['docker', 'ENGINE_UNREACHABLE', () => ({ dockerSocket: '/var/run/none.sock' })],
    ['gateway', 'ENGINE_CANNOT_REACH_GATEWAY', () => ({ dockerSocket: elsewhere.socket })],
  ]

  test.each(failures)('%s: %s', async (step, code, ask) => {
    expect(failed(await doctor(ask()))).toEqual([`${step} ${code}`])
  })

  test('reach: a port where nothing listens', async () => {
    const host = `${hostOf(bearer.url).split(':', 1)[0]}:1`
    const { allowed_secrets: _, ...rest } = policy
    const outcome = await doctor({ image: `${host}/team/app:1`, policy: { ...rest, allowed_secrets: null } })
    expect(failed(outcome)).toEqual(['reach REGISTRY_UNREACHABLE'])
    expect(done(outcome)).toEqual(expect.arrayContaining(['match', 'docker', 'gateway']))
  })

  test('realm: the attacker is named, and neither it nor the registry gets anything', async () => {
    const outcome = await doctor({ image: `${hostile.host}/team/app:1` })
    expect(failed(outcome)).toEqual(['realm TOKEN_REALM_NOT_TRUSTED'])
    expect(outcome.steps.find(({ step }) => step === 'realm')?.findings).toEqual({ host: `${villain.origin}/token` })
    expect(villain.connections).toBe(0)
    expect(hostile.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([])
  })

  test('does not use a login for another registry, and still examines the registry', async () => {
    const document = { username: 'reader', password, server: 'other.example.com' }
    const outcome = await doctor({ secret: 'broken', document })
    expect(outcome.serverOfSecret).toBe('other.example.com')
    expect(done(outcome)).toEqual(expect.arrayContaining(['reach', 'tls', 'challenge', 'realm', 'docker', 'gateway']))
  })
})
