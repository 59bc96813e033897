/** The doctor on an AWS node: instance metadata, STS and Secrets Manager played by moto behind the node role's policy; registry with token server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createCa,
  makeImage,
  pushImage,
  startAwsFront,
  startMoto,
  startRegistry,
  startTokenServer,
  type AwsFront,
  type Moto,
  type PolicyDocument,
  type Registry,
} from '@fairlead/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { DoctorReport, DoctorStepName } from './doctor-report.ts'
import { runDoctor } from './run-doctor.ts'

const password = 'canary-doctor-aws-9Qe'
const region = 'eu-central-1'
const resources = new AsyncDisposableStack()
let folder: string
let moto: Moto
let front: AwsFront
let registry: Registry
let arn: string

const mayRead = (resource: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: [resource] },
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-doctor-aws-'))
  resources.defer(() => rm(folder, { recursive: true }))
  const tls = await createCa()
  const users = { puller: { password, pull: ['team/app'] }, pusher: { password, pull: ['*'], push: ['*'] } }
  const tokenServer = resources.use(await startTokenServer({ tls, users }))
  registry = resources.use(await startRegistry({ tls, auth: { kind: 'token', tokenServer } }))
  await pushImage(registry, 'team/app', '1', await makeImage({ files: { 'hello.txt': 'hello' } }), {
    username: 'pusher',
    password,
  })
  moto = resources.use(await startMoto({ region }))
  front = resources.use(await startAwsFront({ moto, role: 'cld_1-cluster_node_role', policy: mayRead('*') }))
  const document = { username: 'puller', password, server: registry.host }
  arn = (await moto.putSecret('team/registry', document)).arn
  await moto.putSecret('team/mismatch', { ...document, server: 'other.example.com' })
  await writeFile(join(folder, 'ca.pem'), tls.caPem)
  const hosts = [registry.host, new URL(tokenServer.realm).host]
  const policy = {
    registry_ca: Object.fromEntries(hosts.map((host) => [host, join(folder, 'ca.pem')])),
    trusted_realms: [{ registry: registry.host, realm: tokenServer.realm }],
    loopback_registries: [registry.url],
    workload_metadata: 'allow',
  }
  await writeFile(join(folder, 'policy.yaml'), JSON.stringify(policy), { mode: 0o600 })
})
afterAll(() => resources.disposeAsync())

beforeEach(() => {
  front.setPolicy(mayRead('*'))
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_REGION']) {
    vi.stubEnv(name, undefined)
  }
  for (const [name, value] of Object.entries(front.nodeEnv)) vi.stubEnv(name, value)
})
afterEach(() => {
  vi.unstubAllEnvs()
  Object.assign(front.faults, { throttle: 0, failing: 0, down: false })
})

/** When the step `when` begins, the cloud breaks. */
async function doctor(secret: string, when?: { step: DoctorStepName; change: () => void }): Promise<DoctorReport> {
  const report = await runDoctor(
    {
      image: `${registry.host}/team/app:1`,
      secret,
      provider: 'aws',
      policyFile: join(folder, 'policy.yaml'),
      secretsDir: join(folder, 'secrets'),
      dockerSocket: join(folder, 'docker.sock'),
      stateDir: join(folder, 'none'),
      dockerConfig: join(folder, 'docker.json'),
      onSteps: (steps) => {
        if (when && steps.some(({ step, status }) => step === when.step && status === 'running')) when.change()
      },
    },
    new AbortController().signal,
  )
  expect(JSON.stringify(report)).not.toContain(password)
  return report
}

/** No Docker runs here, which has nothing to do with AWS. */
const failed = ({ steps }: DoctorReport) =>
  steps
    .filter(({ step, problem }) => step !== 'docker' && problem !== null)
    .map(({ step, problem }) => `${step} ${problem?.code}`)
const done = ({ steps }: DoctorReport) => steps.filter(({ status }) => status === 'done').map(({ step }) => step)
const stepOf = ({ steps }: DoctorReport, name: DoctorStepName) => steps.find(({ step }) => step === name)

/** The registry is examined whatever the cloud answers. */
const registrySteps = ['reach', 'tls', 'challenge', 'realm']

test.each([
  ['its name', () => 'team/registry'],
  ['its ARN', () => arn],
])(
  'a healthy node, the secret by %s: reports its identity, the version read and all later steps',
  async (_, secret) => {
    const report = await doctor(secret())
    expect(failed(report)).toEqual([])
    expect(done(report)).toEqual([
      'policy',
      'image',
      'identity',
      'secret',
      'parse',
      'match',
      ...registrySteps,
      'token',
      'manifest',
      'platform',
    ])
    expect(stepOf(report, 'identity')?.findings).toEqual({ provider: 'aws', account: moto.account, region })
    expect(stepOf(report, 'secret')?.findings['version']).toMatch(/^[\w-]{8,64}$/)
  },
)

describe('reports the reason a secret cannot be read, and still examines the registry', () => {
  test('if the role may not read it', async () => {
    front.setPolicy(mayRead('arn:aws:secretsmanager:*:*:secret:elsewhere/*'))
    const report = await doctor('team/registry')
    expect(failed(report)).toEqual(['secret SECRET_ACCESS_DENIED'])
    expect(done(report)).toEqual(expect.arrayContaining(['identity', ...registrySteps]))
    expect(stepOf(report, 'secret')?.problem?.who).toBe('cloud-admin')
    expect(front.requests.at(-1)).toMatchObject({ secretId: 'team/registry', error: 'AccessDeniedException' })
  })

  test('if no secret has that name', async () => {
    expect(failed(await doctor('team/nowhere'))).toEqual(['secret SECRET_NOT_FOUND'])
  })

  test('if the service does not answer while the node knows what it is', async () => {
    const report = await doctor('team/registry', { step: 'secret', change: () => (front.faults.down = true) })
    expect(failed(report)).toEqual(['secret SECRET_MANAGER_UNREACHABLE'])
    expect(stepOf(report, 'secret')?.problem?.what).toContain(region)
    expect(done(report)).toEqual(expect.arrayContaining(registrySteps))
  })

  test('if the service throttles for longer than the doctor retries', async () => {
    const report = await doctor('team/registry', { step: 'secret', change: () => (front.faults.throttle = 100) })
    expect(failed(report)).toEqual(['secret SECRET_MANAGER_THROTTLED'])
    expect(stepOf(report, 'secret')?.problem?.row.retry).toBe(true)
  })

  test('if the service itself fails', async () => {
    const report = await doctor('team/registry', { step: 'secret', change: () => (front.faults.failing = 100) })
    expect(failed(report)).toEqual(['secret SECRET_MANAGER_FAILED'])
  })

  test('if it is for another registry: names the command that shows its server, and shows the server to the terminal only', async () => {
    const report = await doctor('team/mismatch')
    expect(failed(report)).toEqual(['match CREDENTIAL_SERVER_MISMATCH'])
    expect(report.serverOfSecret).toBe('other.example.com')
    const told = stepOf(report, 'match')?.problem
    expect(told?.fix).toContain('aws secretsmanager get-secret-value --secret-id team/mismatch')
    expect(JSON.stringify([told?.toDocument(), told?.toReport()])).not.toContain('other.example.com')
  })
})

describe('a node that does not know what it is', () => {
  test('with no credentials: fails that step, asks for no secret, and examines the registry', async () => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
    const before = front.requests.length
    const report = await doctor('team/registry')
    expect(failed(report)).toEqual(['identity NODE_IDENTITY_MISSING'])
    expect(done(report)).toEqual(expect.arrayContaining(registrySteps))
    expect(front.requests.length).toBe(before)
  })

  test('with no reachable cloud service', async () => {
    front.faults.down = true
    expect(failed(await doctor('team/registry'))).toEqual(['identity SECRET_MANAGER_UNREACHABLE'])
  })
})
