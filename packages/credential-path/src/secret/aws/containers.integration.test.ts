/**
 * The agent as a task of ECS and as a pod of EKS with a pod identity: its credentials are at a link-local address in its machine's own
 * network, and there is no metadata service.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createCa,
  createNetwork,
  eventually,
  fairleadProgram,
  startAwsFront,
  startMoto,
  type AwsFront,
  type Machine,
  type TestCa,
} from '@fairlead/testkit'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const region = 'eu-central-1'
const role = 'cld_1-cluster_node_role'
const addresses = { ecs: '169.254.170.2', eks: '169.254.170.23' } as const
const all = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' } as const

const parts = new AsyncDisposableStack()
let front: AwsFront
let machine: Machine
let tls: TestCa
let tokenFile: string
let ways: { task: Record<string, string>; pod: Record<string, string> }

beforeAll(async () => {
  const network = parts.use(await createNetwork())
  const moto = parts.use(await startMoto({ region }))
  const policy = { Version: '2012-10-17', Statement: all } as const
  tls = await createCa()
  front = parts.use(await startAwsFront({ moto, role, policy, host: network.hostAddress, tls }))
  await moto.putSecret('team/registry', { username: 'u', password: 'p', server: 'registry.example.com' })
  machine = await network.machine('task')
  for (const address of Object.values(addresses))
    await machine.mustExec('ip', ['address', 'add', `${address}/32`, 'dev', 'lo'])
  const { host, port, podPath, podToken, taskPath } = front.containers
  const relay = `for (const at of process.argv.slice(1)) require('net').createServer((near) => {
    const far = require('net').connect(${port}, '${host}')
    near.pipe(far).pipe(near)
    for (const end of [near, far]) end.on('error', () => { near.destroy(); far.destroy() })
  }).listen(80, at, () => console.log('relays'))`
  const relays = machine.spawn(process.execPath, ['-e', relay, ...Object.values(addresses)])
  await eventually(() => (relays.tail().match(/relays/g)?.length === 2 ? true : undefined), { what: 'the relays' })
  tokenFile = join(machine.dir, 'pod-token')
  const common = {
    AWS_ENDPOINT_URL: front.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: region,
  }
  ways = {
    task: { ...common, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: taskPath },
    pod: {
      ...common,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${addresses.eks}${podPath}`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
    },
  }
  await writeFile(tokenFile, podToken, { mode: 0o600 })
})
afterAll(() => parts.disposeAsync())
beforeEach(async () => {
  await writeFile(tokenFile, front.containers.podToken)
  await writePolicy({})
})

function writePolicy(policy: object): Promise<void> {
  const text = JSON.stringify({ secret_manager_ca: tls.caFile, ...policy })
  return writeFile(join(machine.etcDir, 'policy.yaml'), text, { mode: 0o600 })
}

/** The outcome of the two steps that ask AWS; the registry does not exist. */
async function doctor(env: Record<string, string>): Promise<readonly string[]> {
  const what = ['--image', 'registry.example.com/team/app:1', '--registry-login-secret', 'team/registry']
  const args = ['doctor', ...what, '--provider', 'aws', '--json']
  const { stdout, stderr } = await machine.exec(process.execPath, [fairleadProgram, ...args], { env })
  const report = JSON.parse(stdout || stderr) as {
    steps: { step: string; status: string; problem: { code: string } | null }[]
  }
  return report.steps
    .filter(({ step }) => step === 'identity' || step === 'secret')
    .map(({ step, status, problem }) => `${step} ${problem?.code ?? status}`)
}

test.each(['task', 'pod'] as const)('lets a %s read its secret with the role it was given', async (way) => {
  const before = front.requests.length
  expect(await doctor(ways[way])).toEqual(['identity done', 'secret done'])
  const asked = front.requests.slice(before)
  expect(asked.map(({ action, status }) => [action, status])).toEqual([
    ['sts:GetCallerIdentity', 200],
    ['secretsmanager:GetSecretValue', 200],
  ])
  expect(asked[1]?.principal).toContain(`:assumed-role/${role}/`)
})

test('gives no identity to a task that names a path other than its own, nor to a pod with another token', async () => {
  const other = { ...ways.task, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/another' }
  expect(await doctor(other)).toEqual(['identity NODE_IDENTITY_MISSING', 'secret skipped'])
  await writeFile(tokenFile, 'another')
  expect(await doctor(ways.pod)).toEqual(['identity NODE_IDENTITY_MISSING', 'secret skipped'])
})

test('takes a pod identity only from a link-local address, from loopback or over TLS', async () => {
  const elsewhere = `http://${front.containers.host}:${front.containers.port}${front.containers.podPath}`
  const before = front.requests.length
  expect(await doctor({ ...ways.pod, AWS_CONTAINER_CREDENTIALS_FULL_URI: elsewhere })).toEqual([
    'identity NODE_IDENTITY_MISSING',
    'secret skipped',
  ])
  expect(front.requests.length).toBe(before)
})

test('S2: does not ask a secret manager on another machine over plain http', async () => {
  const before = front.requests.length
  const env = { ...ways.task, AWS_ENDPOINT_URL_SECRETS_MANAGER: front.endpoint.replace('https:', 'http:') }
  expect(await doctor(env)).toEqual(['identity done', 'secret SECRET_MANAGER_PLAIN_HTTP'])
  expect(front.requests.slice(before).map(({ action }) => action)).toEqual(['sts:GetCallerIdentity'])
})

test('S15: requests credentials from the machine directly, and what the file’s proxy does not answer is AWS', async () => {
  await writePolicy({ proxy: 'http://127.0.0.1:1' })
  for (const env of Object.values(ways)) {
    expect(await doctor(env)).toEqual(['identity SECRET_MANAGER_UNREACHABLE', 'secret skipped'])
  }
})
