/**
 * How long Docker waits for a login from our helper, compared with Amazon's helper for its own registry, with the same service latency
 * for both. Times whole processes on the machine that runs them. Ours also asks the registry where it would take the login.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  cliJson,
  createCa,
  createNetwork,
  inRepository,
  listen,
  mustRun,
  startFairleadAgent,
  startFairleadServe,
  type HttpService,
  type Machine,
} from '@fairlead/testkit'
import type { Benchmark, BenchTable } from './benchmark.ts'
import { makeExecutable } from './lab/executable.ts'

const ourHelper = inRepository('dist/docker-credential-fairlead.mjs')
const theirPackage = 'github.com/awslabs/amazon-ecr-credential-helper/ecr-login/cli/docker-credential-ecr-login@v0.12.0'
const theirRegistry = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

/** The latency of a regional service from within its region. */
const latencyMs = 40

export const dockerHelper: Benchmark = {
  name: 'docker-helper',
  what: `the start of the Docker credential helper, beside docker-credential-ecr-login; the cloud answers in ${latencyMs} ms`,
  async run({ samples }, say) {
    await using parts = new AsyncDisposableStack()
    say('building Amazon’s helper')
    const theirs = await buildTheirs()
    const { dockerHelper: oneFile } = await makeExecutable()
    const network = parts.use(await createNetwork())
    const host = network.hostAddress
    const tls = await createCa()
    const registry = parts.use(await listen(challenge, { host, tls }))
    const cloud = parts.use(await listen(answerAs(registry), { host, tls }))
    const machine = await network.machine('puller')
    await prepare(machine, registry.host, tls.caPem)
    const aws = {
      AWS_ENDPOINT_URL: cloud.origin,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_CA_BUNDLE: '/etc/fairlead/ca.pem',
      AWS_ECR_DISABLE_CACHE: 'true',
    }
    const commands: readonly Timed[] = [
      { name: 'docker-credential-fairlead', command: [process.execPath, ourHelper, 'get'], input: registry.host },
      ...(theirs === null
        ? []
        : [{ name: 'docker-credential-ecr-login', command: [theirs, 'get'], input: theirRegistry }]),
      { name: 'docker-credential-fairlead, one file', command: [oneFile, 'get'], input: registry.host },
      { name: 'node -e 0', command: [process.execPath, '-e', '0'], input: '' },
    ]
    const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, ...aws }
    const measure = async (title: string) => tableOf(title, commands, await timeOn(machine, commands, samples, env))

    say('without an agent')
    const cold = await measure('without an agent: each start does all the work')
    say('with an agent')
    const serve = parts.use(await startFairleadServe({ listen: `${host}:0` }))
    const access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
    await cliJson(['cloud', 'create', '-n', 'bench', '--provider', 'aws', '--join', 'token'], access)
    parts.use(await startFairleadAgent({ machine, serve, name: 'puller', provider: 'aws', checker: true, env: aws }))
    return [cold, await measure('with an agent, asked over its socket')]
  },
}

/** Null where Go is missing or its proxy does not answer. */
async function buildTheirs(): Promise<string | null> {
  const folder = inRepository('.cache/go-bin')
  await mkdir(folder, { recursive: true })
  try {
    await mustRun('go', ['install', theirPackage], { env: { ...process.env, GOBIN: folder }, timeoutMs: 600_000 })
    return join(folder, 'docker-credential-ecr-login')
  } catch {
    return null
  }
}

function challenge(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(401, { 'www-authenticate': 'Basic realm="bench"' }).end()
}

/** Plays the three AWS services that are called, each with the same delay. */
function answerAs(registry: HttpService) {
  const login = { username: 'robot', password: 'example', server: registry.host }
  const secret = {
    ARN: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:team/login-abcdef',
    Name: 'team/login',
    VersionId: 'version-1',
    SecretString: JSON.stringify(login),
  }
  const token = {
    authorizationData: [
      {
        authorizationToken: Buffer.from('AWS:example').toString('base64'),
        expiresAt: Date.now() / 1000 + 3600,
        proxyEndpoint: `https://${theirRegistry}`,
      },
    ],
  }
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = String(request.headers['x-amz-target'] ?? '')
    request.resume()
    await sleep(latencyMs)
    if (target === '') response.writeHead(200, { 'content-type': 'text/xml' }).end(callerIdentity)
    else {
      const answer = target.endsWith('GetSecretValue') ? secret : token
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer))
    }
  }
}

const callerIdentity =
  '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
  '<Arn>arn:aws:sts::123456789012:assumed-role/bench/i-1</Arn><UserId>AROA:i-1</UserId><Account>123456789012</Account>' +
  '</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>'

async function prepare(machine: Machine, registry: string, caPem: string): Promise<void> {
  const files = {
    'ca.pem': caPem,
    'policy.yaml': JSON.stringify({
      registry_ca: { [registry]: '/etc/fairlead/ca.pem' },
      secret_manager_ca: '/etc/fairlead/ca.pem',
    }),
    'docker-credential.yaml': JSON.stringify({ provider: 'aws', registries: { [registry]: 'team/login' } }),
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(machine.etcDir, name), text, { mode: 0o644 })
}

interface Timed {
  readonly name: string
  readonly command: readonly string[]
  readonly input: string
}

/** Runs on that machine, so that entering it is not timed. The two alternate, after one warm-up start of each that does not count. */
const stopwatch = `
const { spawnSync } = require('node:child_process')
const { rounds, commands } = JSON.parse(process.argv[1])
const times = commands.map(() => [])
for (let round = 0; round <= rounds; round += 1) {
  for (const [index, { command: [file, ...args], input }] of commands.entries()) {
    const before = performance.now()
    const { status, stdout, stderr } = spawnSync(file, args, { input })
    if (status !== 0) throw new Error(file + ': ' + stdout + stderr)
    if (round > 0) times[index].push(performance.now() - before)
  }
}
console.log(JSON.stringify(times))`

async function timeOn(
  machine: Machine,
  commands: readonly Timed[],
  rounds: number,
  env: Record<string, string>,
): Promise<readonly (readonly number[])[]> {
  const args = ['-e', stopwatch, '--', JSON.stringify({ rounds, commands })]
  return JSON.parse(await machine.mustExec(process.execPath, args, { env, timeoutMs: 600_000 })) as number[][]
}

function tableOf(title: string, commands: readonly Timed[], times: readonly (readonly number[])[]): BenchTable {
  const series = commands.map(({ name }, index) => ({ name, unit: 'ms', values: times[index] ?? [] }) as const)
  const [ours, theirs] = series
  if (commands.length < 4 || !ours || !theirs) return { title, series }
  const ratios = ours.values.map((value, index) => value / (theirs.values[index] ?? Number.NaN))
  return { title, series: [...series, { name: '  ours / theirs', unit: 'x', values: ratios }] }
}
