/** Machines of AWS and of Google Cloud join as a user has them join: what `node join-token` prints is typed on the machine, and no token is. */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Node } from '@fairlead/contract'
import {
  cli,
  cliJson,
  createCa,
  createNetwork,
  eventually,
  fairleadProgram,
  makeFakeRayImage,
  motoPython,
  newFolder,
  pushImage,
  startAwsFront,
  startFairleadAgent,
  startFairleadServe,
  startGoogle,
  startMoto,
  startRegistry,
  type FairleadAccess,
  type Machine,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSystem } from './start-system.ts'

const region = 'eu-west-1'
const account = '111122223333'
const role = 'ray-nodes'
const rayVersion = '2.55.1'
const login = { username: 'puller', password: 'hunter2-of-proof' }

/** What both clouds need: two machines, a private registry, and a place for what the owner of a node writes. */
async function startPlace(parts: AsyncDisposableStack) {
  const network = parts.use(await createNetwork())
  const host = network.hostAddress
  const ca = await createCa()
  const auth = { kind: 'htpasswd', users: { [login.username]: login.password } } as const
  const registry = parts.use(await startRegistry({ host, tls: ca, auth }))
  await pushImage(registry, 'team/trainer', '1', await makeFakeRayImage({ rayVersion }), login)
  return {
    host,
    ca,
    registry,
    secret: JSON.stringify({ ...login, server: registry.host }),
    async machine(name: string, policy: object = {}) {
      const machine = await network.machine(name)
      const file = join(machine.etcDir, 'policy.yaml')
      await writeFile(file, JSON.stringify({ registry_ca: { [registry.host]: ca.caFile }, ...policy }), { mode: 0o644 })
      return machine
    },
  }
}

interface ProvingCloud {
  readonly provider: 'aws' | 'gcp'
  readonly create: readonly string[]
  /** Of a program on its machines. That they find their metadata service at its own address needs none. */
  readonly env: Record<string, string>
  /** `address:port` of what plays the metadata service. */
  readonly metadata: string
  readonly connectTo: Record<string, string>
  readonly policy: object
  readonly principal: string
  readonly instance: RegExp
}

type Place = Awaited<ReturnType<typeof startPlace>>

async function startAws(parts: AsyncDisposableStack, { host, ca, secret }: Place): Promise<ProvingCloud> {
  const moto = parts.use(await startMoto({ python: await motoPython(), host, tls: ca, region, account }))
  await moto.putSecret('login', JSON.parse(secret) as object)
  const stsHost = `sts.${region}.amazonaws.com`
  const policy = {
    Version: '2012-10-17' as const,
    Statement: { Effect: 'Allow' as const, Action: 'secretsmanager:GetSecretValue', Resource: '*' },
  }
  const front = parts.use(await startAwsFront({ moto, host, tls: ca, alsoNames: [stsHost], role, policy }))
  return {
    provider: 'aws',
    create: ['--region', region, '--account-id', account, '--node-role', role],
    env: omit(front.nodeEnv, 'AWS_EC2_METADATA_SERVICE_ENDPOINT'),
    metadata: new URL(front.metadataEndpoint).host,
    connectTo: { [stsHost]: new URL(front.endpoint).host },
    policy: {},
    principal: `arn:aws:iam::${account}:role/${role}`,
    instance: /^i-[0-9a-f]{17}$/,
  }
}

async function startGcp(parts: AsyncDisposableStack, { host, ca, secret }: Place): Promise<ProvingCloud> {
  const google = parts.use(await startGoogle({ ca, host }))
  const { projectId, email } = google.machine
  google.secrets.add(`projects/${projectId}/secrets/login`, secret)
  google.secrets.allow(`projects/${projectId}/secrets/login`, `serviceAccount:${email}`)
  return {
    provider: 'gcp',
    create: ['--project-id', projectId, '--node-role', email],
    env: {},
    metadata: google.metadataHost,
    connectTo: { 'www.googleapis.com': new URL(google.jwksUrl).host },
    policy: { proxy: google.proxyUrl, secret_manager_ca: ca.caFile },
    principal: email,
    instance: /^\d+$/,
  }
}

function omit(env: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([key]) => key !== name))
}

const metadataAddress = '169.254.169.254'

/** As the cloud's own network does: what is sent to the link-local address arrives at the metadata service. */
async function leadToMetadata(machine: Machine, place: string): Promise<void> {
  await machine.mustExec('ip', ['route', 'add', metadataAddress, 'dev', 'eth0'])
  const rule = ['-t', 'nat', '-A', 'OUTPUT', '-d', metadataAddress, '-p', 'tcp', '--dport', '80']
  await machine.mustExec('iptables', [...rule, '-j', 'DNAT', '--to-destination', place])
}

async function start(parts: AsyncDisposableStack, startCloud: typeof startAws) {
  const place = await startPlace(parts)
  const cloud = await startCloud(parts, place)
  const serve = parts.use(
    await startFairleadServe({
      listen: `${place.host}:0`,
      connectTo: cloud.connectTo,
      env: { NODE_EXTRA_CA_CERTS: place.ca.caFile },
    }),
  )
  const access: FairleadAccess = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  const fairlead = (...args: string[]) => cli(args, { ...access, timeoutMs: 100_000 })
  await cliJson(['cloud', 'create', '-n', 'prod', '--provider', cloud.provider, ...cloud.create], access)
  await cliJson(['cloud', 'grant', 'login', '--registry', place.registry.host], access)
  const machine = await place.machine('one', cloud.policy)
  await leadToMetadata(machine, cloud.metadata)
  const joinAs = async (name: string) => {
    const env = cloud.env
    return startFairleadAgent({ machine, serve, name, provider: cloud.provider, checker: true, env })
  }
  const agent = parts.use(await joinAs('one'))
  return {
    cloud,
    agent,
    machine,
    /** On the same network, and nobody vouches for it. */
    stranger: await place.machine('stranger'),
    caFile: place.ca.caFile,
    fairlead,
    joinAs,
    json: <Answer>(...args: string[]) => cliJson<Answer>(args, access),
    /** What was printed for the machine, typed there once more. */
    async typeAgain(on: Machine, name: string) {
      const { command } = await cliJson<{ command: string }>(['node', 'join-token'], access)
      const words = [...command.split(' ').slice(1), '--name', name, '--state-dir', newFolder(`again-${name}`)]
      return on.exec(process.execPath, [fairleadProgram, ...words], { env: { NO_COLOR: '1', ...cloud.env } })
    },
    async build(name: string) {
      const file = join(newFolder('config'), 'env.yaml')
      const image = `${place.registry.host}/team/trainer:1`
      const config = { docker_image: image, ray_version: rayVersion, registry_login_secret: 'login' }
      await writeFile(file, JSON.stringify(config))
      return fairlead('cluster-env', 'build', '-n', name, file)
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

describe.each([
  ['AWS', startAws],
  ['Google Cloud', startGcp],
])('on %s', (_, startCloud) => {
  let system: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    system = await startSystem((parts) => start(parts, startCloud))
  })
  afterAll(async () => {
    await system[Symbol.asyncDispose]()
  })

  test('no token is printed: the machine proves what it is to the authority that was told', async () => {
    const { stdout } = await system.fairlead('node', 'join-token')
    expect(stdout).toContain('need no token: each proves what it is')
    expect(stdout).toMatch(
      /fairlead agent join --host https:\S+ --provider \w+ --cloud prod --ca-sha256 [0-9a-f]{64}\n/,
    )
    expect(stdout).not.toContain('fjt_')
  })

  test('S18: the node says who vouched for it, in words and as a document', async () => {
    const { cloud } = system
    const node = await system.json<Node>('node', 'status', 'one')
    expect(node.identity).toEqual({
      principal: cloud.principal,
      instance: expect.stringMatching(cloud.instance) as string,
    })
    const { stdout } = await system.fairlead('node', 'status', 'one')
    expect(stdout).toContain(`runs as   ${cloud.principal}\n`)
    expect(stdout).toMatch(/joined +\d+ s ago, by proof\n/)
    expect((await system.fairlead('node', 'list')).stdout).toContain(node.identity?.instance)
  })

  test('it checks a build with the login that it may read', async () => {
    const built = await system.build('trainer')
    expect(built.status, built.stdout + built.stderr).toBe(0)
  })

  test('S19: the same machine does not join a second time, and both who asked are shown', async () => {
    expect((await system.fairlead('node', 'list')).stderr).toBe('')
    const again = await system.typeAgain(system.machine, 'twin')
    expect(again.status, again.stdout).toBe(6)
    expect(again.stderr).toContain('(INSTANCE_ALREADY_JOINED)')
    const { stdout, stderr } = await system.fairlead('node', 'list')
    expect(stdout).not.toContain('twin')
    expect(stderr).toMatch(/^warning: node one: this machine asked to join again as twin, \d+ s ago\n$/)
    expect((await system.fairlead('node', 'status', 'one')).stdout).toContain('asked to join again as twin')
  })

  test('S18: a machine without an identity of the cloud does not join', async () => {
    const { command } = await system.json<{ command: string }>('node', 'join-token')
    const words = [...command.split(' ').slice(1), '--name', 'stranger', '--state-dir', newFolder('stranger')]
    const env = { NO_COLOR: '1', AWS_REGION: region, NODE_EXTRA_CA_CERTS: system.caFile }
    const joined = await system.stranger.exec(process.execPath, [fairleadProgram, ...words], { env, timeoutMs: 60_000 })
    expect(joined.stderr).toContain('(NODE_IDENTITY_MISSING)')
  })

  test('revoked, it is cut off at once, and the machine may join anew', async () => {
    const { agent } = system
    expect((await system.fairlead('node', 'revoke', 'one')).status).toBe(0)
    await eventually(() => (existsSync(`/proc/${agent.pid}`) ? undefined : true), { what: 'the revoked agent ends' })
    expect(agent.tail(20)).toContain('NODE_REVOKED')
    const anew = await system.typeAgain(system.machine, 'anew')
    expect(anew.status, anew.stderr).toBe(0)
    expect((await system.json<Node>('node', 'status', 'anew')).second_join).toBeNull()
  })
})
