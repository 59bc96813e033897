/**
 * A node whose system trusts a private authority, as curl and Docker do there: without any setting in the owner's file, it reaches
 * registry, secret manager and control plane. The environment adds nothing to that (S15).
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createCa,
  createNetwork,
  fairleadProgram,
  startAwsFront,
  startMoto,
  startRecorder,
  startRegistry,
  type AwsFront,
  type Machine,
  type Recorder,
  type Registry,
  type TestCa,
} from '@fairlead/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const region = 'eu-central-1'
const login = { username: 'robot', password: 'canary-6fTq0ZsW' }
const parts = new AsyncDisposableStack()
let machine: Machine
let registry: Registry
let front: AwsFront
let villain: Recorder
let hostile: TestCa

beforeAll(async () => {
  const network = parts.use(await createNetwork())
  const host = network.hostAddress
  const [ours, theirs] = await Promise.all([createCa(undefined, 'Company CA'), createCa(undefined, 'Hostile CA')])
  hostile = theirs
  registry = parts.use(
    await startRegistry({
      host,
      tls: ours,
      auth: { kind: 'htpasswd', users: { [login.username]: login.password } },
    }),
  )
  villain = parts.use(await startRecorder({ host, tls: hostile }))
  const moto = parts.use(await startMoto({ region }))
  const policy = {
    Version: '2012-10-17' as const,
    Statement: { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' } as const,
  }
  front = parts.use(await startAwsFront({ moto, role: 'node-role', policy, host, tls: ours }))
  await moto.putSecret('team/registry', { ...login, server: registry.host })
  machine = await network.machine('node')
  // As `update-ca-certificates` does.
  await machine.mustExec('sh', ['-c', 'mkdir -p /etc/ssl/certs && cat >> /etc/ssl/certs/ca-certificates.crt'], {
    input: ours.caPem,
  })
  const secrets = join(machine.etcDir, 'secrets')
  await mkdir(secrets, { mode: 0o700 })
  await writeFile(join(secrets, 'villain'), JSON.stringify({ ...login, server: villain.host }), { mode: 0o600 })
})
afterAll(() => parts.disposeAsync())
beforeEach(() => writeFile(join(machine.etcDir, 'policy.yaml'), '{}', { mode: 0o644 }))

async function run(args: readonly string[], env: Record<string, string> = {}) {
  return machine.exec(process.execPath, [fairleadProgram, ...args], { env: { NO_COLOR: '1', ...env } })
}

/** The same, with other files on the machine for this one program. */
function inView(prepare: string, args: readonly string[]) {
  const script = `${prepare} && exec "$@"`
  const command = ['--mount', 'sh', '-c', script, 'sh', process.execPath, fairleadProgram, ...args]
  return machine.exec('unshare', command, { env: { NO_COLOR: '1', ...front.nodeEnv } })
}

const doctorArgs = (image: string, secret: string, provider: 'aws' | 'local') => [
  'doctor',
  image,
  '--json',
  '--registry-login-secret',
  secret,
  '--provider',
  provider,
]

interface Report {
  readonly authorities: { readonly system: string | null }
  readonly steps: readonly { step: string; status: string; problem: { code: string; detail: string } | null }[]
}

async function doctor(image: string, secret: string, provider: 'aws' | 'local', env: Record<string, string> = {}) {
  const { stdout, stderr } = await run(doctorArgs(image, secret, provider), { ...front.nodeEnv, ...env })
  const report = JSON.parse(stdout || stderr) as Report
  const outcome = (name: string) => {
    const found = report.steps.find(({ step }) => step === name)
    return found?.problem?.code ?? found?.status
  }
  return { report, outcome }
}

const ofOurs = () => `${registry.host}/team/app:1`
const ofVillain = () => `${villain.host}/team/app:1`

test('verifies the registry and the secret manager with it, and doctor names the file', async () => {
  const { report, outcome } = await doctor(ofOurs(), 'team/registry', 'aws')
  expect(report.authorities.system).toBe('/etc/ssl/certs/ca-certificates.crt')
  expect(['identity', 'secret', 'match', 'tls', 'challenge'].map(outcome)).toEqual([
    'done',
    'done',
    'done',
    'done',
    'done',
  ])
  // Nothing was pushed: a registry that reports this accepted the login.
  expect(outcome('manifest')).toBe('IMAGE_NOT_FOUND')
})

test('reports an authority unknown to the system as such, at the secret manager too', async () => {
  const { stdout } = await inView('mount -t tmpfs tmpfs /etc/ssl/certs', doctorArgs(ofOurs(), 'team/registry', 'aws'))
  const { steps, authorities } = JSON.parse(stdout) as Report
  expect(authorities.system).toBeNull()
  const codes = steps.flatMap(({ problem }) => problem?.code ?? [])
  expect(codes).toContain('SECRET_MANAGER_TLS')
  expect(codes).not.toContain('SECRET_MANAGER_UNREACHABLE')
})

describe('S15: an environment', () => {
  const named = (env: Record<string, string>) => run(['pull', ofVillain(), '--registry-login-secret', 'villain'], env)

  test.each([
    ['NODE_EXTRA_CA_CERTS', () => ({ NODE_EXTRA_CA_CERTS: hostile.caFile })],
    ['NODE_USE_SYSTEM_CA', () => ({ NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: hostile.caFile })],
  ])('with %s is rejected by a pull, which says what to do', async (name, env) => {
    const { status, stderr } = await named(env())
    expect(status).toBe(3)
    expect(stderr).toContain('(AUTHORITIES_IN_ENVIRONMENT)')
    expect(stderr).toContain(`unset ${name}`)
    expect(villain.requests).toEqual([])
  })

  test('with SSL_CERT_FILE, SSL_CERT_DIR or AWS_CA_BUNDLE adds no authority', async () => {
    const env = { SSL_CERT_FILE: hostile.caFile, SSL_CERT_DIR: '/tmp', AWS_CA_BUNDLE: hostile.caFile }
    expect((await doctor(ofVillain(), 'villain', 'local', env)).outcome('tls')).toBe('REGISTRY_TLS')
    expect((await doctor(ofOurs(), 'team/registry', 'aws', env)).outcome('tls')).toBe('done')
    expect(villain.requests).toEqual([])
  })

  test('with such a variable is rejected by a credential helper that does the work itself', async () => {
    const map = JSON.stringify({ provider: 'local', registries: { [villain.host]: 'villain' } })
    await writeFile(join(machine.etcDir, 'docker-credential.yaml'), map, { mode: 0o644 })
    const helper = new URL('../../../doors/src/docker-credential/bin.mjs', import.meta.url).pathname
    const answer = await machine.exec(process.execPath, [helper, 'get'], {
      env: { NODE_EXTRA_CA_CERTS: hostile.caFile },
      input: villain.host,
    })
    expect(answer.status).toBe(1)
    expect(answer.stderr).toContain('(AUTHORITIES_IN_ENVIRONMENT)')
    expect(answer.stdout + answer.stderr).not.toContain(login.password)
    expect(villain.requests).toEqual([])
  })
})

test('S15: trusts nothing by a system store that others can write to', async () => {
  const store = '/etc/ssl/certs/ca-certificates.crt'
  const prepare = `cp ${hostile.caFile} /run/open.pem && chmod 666 /run/open.pem && mount --bind /run/open.pem ${store}`
  const { status, stderr } = await inView(prepare, ['pull', ofVillain(), '--registry-login-secret', 'villain'])
  expect(status).toBe(4)
  expect(stderr).toContain('(SYSTEM_AUTHORITIES_UNUSABLE)')
  expect(villain.requests).toEqual([])
})
