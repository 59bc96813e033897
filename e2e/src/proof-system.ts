/** A cloud whose machines prove what they are: AWS or Google Cloud as far as a node and the control plane see them, and one machine of it that joined. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  cli,
  cliJson,
  createCa,
  createNetwork,
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
import { startSystem } from './start-system.ts'

export const region = 'eu-west-1'
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
    network,
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

export async function startAws(parts: AsyncDisposableStack, { host, ca, secret }: Place): Promise<ProvingCloud> {
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
    policy: { secret_manager_ca: ca.caFile },
    principal: `arn:aws:iam::${account}:role/${role}`,
    instance: /^i-[0-9a-f]{17}$/,
  }
}

export async function startGcp(parts: AsyncDisposableStack, { host, ca, secret }: Place): Promise<ProvingCloud> {
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
export async function leadToMetadata(machine: Machine, place: string): Promise<void> {
  await machine.mustExec('ip', ['route', 'add', metadataAddress, 'dev', 'eth0'])
  const rule = ['-t', 'nat', '-A', 'OUTPUT', '-d', metadataAddress, '-p', 'tcp', '--dport', '80']
  await machine.mustExec('iptables', [...rule, '-j', 'DNAT', '--to-destination', place])
}

export type ProofSystem = Awaited<ReturnType<typeof startProofSystem>>

export const startProofSystem = (startCloud: typeof startAws) => startSystem((parts) => start(parts, startCloud))

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
  const { provider, env } = cloud
  const agent = parts.use(await startFairleadAgent({ machine, serve, name: 'one', provider, checker: true, env }))
  return {
    cloud,
    network: place.network,
    serve,
    agent,
    /** On the same network, and nobody vouches for it. */
    stranger: await place.machine('stranger'),
    caFile: place.ca.caFile,
    fairlead,
    json: <Answer>(...args: string[]) => cliJson<Answer>(args, access),
    /** What is shown for a machine to join by. */
    printed: async () => (await cliJson<{ command: string }>(['node', 'join-token'], access)).command,
    /** That, typed on the machine itself, in place of the node that it was. */
    async typeInPlace(command: string, ...more: string[]) {
      const words = [...command.split(' ').slice(1), ...more]
      return machine.exec(process.execPath, [fairleadProgram, ...words], { env: { NO_COLOR: '1', ...cloud.env } })
    },
    /** That, typed on the machine once more. */
    typeAgain(command: string, name: string) {
      const words = [...command.split(' ').slice(1), '--name', name, '--state-dir', newFolder(`again-${name}`)]
      return machine.exec(process.execPath, [fairleadProgram, ...words], { env: { NO_COLOR: '1', ...cloud.env } })
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
