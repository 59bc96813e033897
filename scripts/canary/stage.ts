/**
 * Everything that a user of Fairlead has, with a canary for each password: a registry with Basic and one with Bearer
 * logins, the secret manager, a node with an engine, and the control plane on loopback, its packets captured from the first.
 */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  capturePackets,
  cli,
  cliJson,
  createCa,
  createNetwork,
  freePort,
  makeFakeRayImage,
  motoPython,
  newFolder,
  pushImage,
  startAwsFront,
  startFairleadAgent,
  startFairleadServe,
  startFaultProxy,
  startMoto,
  startProcessSampler,
  startRegistry,
  startTokenServer,
  type FairleadAccess,
  type FaultProxy,
  type Sought,
} from '@fairlead/testkit'
import { relayLoopback } from './loopback-relay.ts'

const region = 'eu-central-1'
const role = 'canary-node'
const rayVersion = '2.55.1'

export type LoginKind = 'Basic' | 'Bearer'

export interface CanaryCase {
  readonly kind: LoginKind
  /** The cluster and its environment; unlike any other word on this machine. */
  readonly name: string
  readonly secretName: string
  readonly image: string
  readonly repository: string
  readonly password: string
  /** In front of its registry. */
  readonly proxy: FaultProxy
}

export type CanaryStage = Awaited<ReturnType<typeof buildStage>>

export async function buildStage(parts: AsyncDisposableStack) {
  const run = randomBytes(8).toString('hex')
  // The value of an environment variable, which the control plane and Docker do hold: what every search must find.
  const marker = `marker-${run}-${randomBytes(12).toString('hex')}`
  const passwords = { Basic: canaryPassword(), Bearer: canaryPassword() }
  const pusher = { username: 'pusher', password: randomBytes(12).toString('hex') }
  const processes = parts.use(await startProcessSampler())
  const network = parts.use(await createNetwork())
  const host = network.hostAddress
  const tls = await createCa()

  const tokenServer = parts.use(
    await startTokenServer({
      host,
      tls,
      users: {
        puller: { password: passwords.Bearer, pull: ['team/bearer'] },
        [pusher.username]: { password: pusher.password, pull: ['*'], push: ['*'] },
      },
    }),
  )
  const users = { puller: passwords.Basic, [pusher.username]: pusher.password }
  const registries = {
    Basic: parts.use(await startRegistry({ host, tls, auth: { kind: 'htpasswd', users } })),
    Bearer: parts.use(await startRegistry({ host, tls, auth: { kind: 'token', tokenServer } })),
  }
  const moto = parts.use(await startMoto({ python: await motoPython(), host, tls, region }))
  const resource = `arn:aws:secretsmanager:${region}:${moto.account}:secret:canary/*`
  const front = parts.use(
    await startAwsFront({
      moto,
      host,
      tls,
      role,
      policy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: resource }],
      },
    }),
  )
  const makeCase = async (kind: LoginKind): Promise<CanaryCase> => {
    const proxy = parts.use(await startFaultProxy({ target: registries[kind], host, tls }))
    const repository = `team/${kind.toLowerCase()}`
    const layers = [{ randomBytes: 200_000 }]
    await pushImage(registries[kind], repository, '1', await makeFakeRayImage({ rayVersion, layers }), pusher)
    const secretName = `canary/${kind.toLowerCase()}-${run}`
    const password = passwords[kind]
    await moto.putSecret(secretName, { username: 'puller', password, server: proxy.host })
    const name = `canary-${kind.toLowerCase()}-${run}`
    return { kind, name, secretName, image: `${proxy.host}/${repository}:1`, repository, password, proxy }
  }
  const cases = [await makeCase('Basic'), await makeCase('Bearer')]

  // Known before the control plane starts, so that its first packet is captured.
  const port = await freePort()
  const packets = parts.use(await capturePackets(port))
  const serve = parts.use(await startFairleadServe({ listen: `127.0.0.1:${port}` }))
  const access: FairleadAccess = { host: serve.origin, token: serve.adminToken }
  const fairlead = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await cli(args, access)
    if (status !== 0) throw new Error(`fairlead ${args.join(' ')}: exit ${status}\n${stdout}${stderr}`)
    return stdout
  }
  const place = ['--provider', 'aws', '--region', region, '--account-id', moto.account, '--join', 'token']
  await fairlead('cloud', 'create', '-n', 'canary', ...place)
  for (const { secretName, proxy } of cases) await fairlead('cloud', 'grant', secretName, '--registry', proxy.host)

  const machine = await network.machine('canary-node')
  const realm = tokenServer.realm
  const trusted = [...cases.map(({ proxy }) => proxy.host), new URL(realm).host]
  const policy = {
    secret_manager_ca: tls.caFile,
    registry_ca: Object.fromEntries(trusted.map((name) => [name, tls.caFile])),
    trusted_realms: cases.map(({ proxy }) => ({ registry: proxy.host, realm })),
    disk_reserve_bytes: 0,
  }
  await writeFile(join(machine.etcDir, 'policy.yaml'), JSON.stringify(policy), { mode: 0o644 })
  const engine = await machine.startEngine()
  parts.use(await relayLoopback(machine, port))
  const agent = parts.use(
    await startFairleadAgent({ machine, serve, name: machine.name, provider: 'aws', env: front.nodeEnv }),
  )

  return {
    marker,
    cases,
    processes,
    packets,
    serve,
    machine,
    engine,
    agent,
    moto,
    fairlead,
    /** What Ray asks for in each cluster so far; no secret of a registry, and in other places. */
    rayTokens: [] as Sought[],
    ask: <Answer>(...args: string[]): Promise<Answer> => cliJson<Answer>(args, access),
    async writeEnvironment({ image, secretName }: CanaryCase): Promise<string> {
      const file = join(newFolder('environment'), 'env.yaml')
      const config = {
        docker_image: image,
        ray_version: rayVersion,
        registry_login_secret: secretName,
        env_vars: { CANARY_MARKER: marker },
      }
      await writeFile(file, JSON.stringify(config))
      return file
    },
    /** All that must be nowhere, as far as it exists by now. A token is known by the beginning of its signature. */
    secrets: (): Sought[] => [
      ...cases.map(({ kind, password }) => ({ name: `the ${kind} password`, value: password })),
      ...tokenServer.tokensOf('puller').map((token, at) => ({
        name: `token ${at + 1}`,
        value: (token.split('.')[2] ?? '').slice(0, 48),
      })),
    ],
  }
}

/** Characters that each way of writing turns into others, and enough chance to be found nowhere else. */
function canaryPassword(): string {
  return `c4n@ry"/+%~${randomBytes(16).toString('hex')}`
}
