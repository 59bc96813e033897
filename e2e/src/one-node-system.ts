/** One node with an engine and a secrets folder of its own, a Basic registry over TLS, and an image that behaves like one with Ray. */
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Cluster } from '@fairlead/contract'
import {
  cli,
  cliJson,
  createCa,
  createNetwork,
  eventually,
  fairleadProgram,
  makeFakeRayImage,
  newFolder,
  pushImage,
  startFairleadAgent,
  startFairleadServe,
  startRegistry,
  type FairleadAccess,
  type FairleadServe,
  type FairleadServeOptions,
  type FakeRayOptions,
} from '@fairlead/testkit'
import { startSystem } from './start-system.ts'

const rayVersion = '2.55.1'

export type OneNodeSystem = Awaited<ReturnType<typeof startOneNodeSystem>>

export const startOneNodeSystem = () => startOneNodeSystemOn(startFairleadServe)

/** On another control plane than the usual one. */
export const startOneNodeSystemOn = <Serve extends FairleadServe>(startServe: StartServe<Serve>) =>
  startSystem((parts) => start(parts, startServe))

type StartServe<Serve> = (options: FairleadServeOptions) => Promise<Serve>

async function start<Serve extends FairleadServe>(parts: AsyncDisposableStack, startServe: StartServe<Serve>) {
  const password = `canary-${randomBytes(12).toString('hex')}`
  const network = parts.use(await createNetwork())
  const host = network.hostAddress
  const ca = await createCa()
  const registry = parts.use(
    await startRegistry({ host, tls: ca, auth: { kind: 'htpasswd', users: { puller: password } } }),
  )
  const push = async (repository: string, options: FakeRayOptions = {}): Promise<string> => {
    const image = await makeFakeRayImage({ rayVersion, ...options })
    await pushImage(registry, repository, '1', image, { username: 'puller', password })
    return `${registry.host}/${repository}:1`
  }

  const serve = parts.use(await startServe({ listen: `${host}:0` }))
  const access: FairleadAccess = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  await cliJson(['cloud', 'create', '-n', 'lab', '--provider', 'local', '--allow-any-secret'], access)

  const machine = await network.machine('node')
  await writeFile(
    join(machine.etcDir, 'policy.yaml'),
    JSON.stringify({ registry_ca: { [registry.host]: ca.caFile }, disk_reserve_bytes: 0 }),
    { mode: 0o644 },
  )
  const secrets = join(machine.etcDir, 'secrets')
  await mkdir(secrets, { mode: 0o700 })
  const writeSecret = (name: string, value: object): Promise<void> =>
    writeFile(join(secrets, name), JSON.stringify(value), { mode: 0o600 })
  await writeSecret('login', { username: 'puller', password, server: registry.host })

  const engine = await machine.startEngine()
  const agent = parts.use(await startFairleadAgent({ machine, serve, name: 'node', provider: 'local' }))

  const fairlead = (...args: string[]) => cli(args, { ...access, timeoutMs: 200_000 })
  return {
    password,
    registry,
    rayVersion,
    /** Where more machines may be. */
    network,
    machine,
    engine,
    serve,
    agent,
    push,
    writeSecret,
    fairlead,
    /** `fairlead` typed on the node itself. */
    onNode: (...args: string[]) =>
      machine.exec(process.execPath, [fairleadProgram, ...args], { env: { NO_COLOR: '1' }, timeoutMs: 100_000 }),
    async build(name: string, image: string, config: Record<string, unknown> = {}, ...flags: string[]) {
      const file = join(newFolder('config'), 'env.yaml')
      const all = { docker_image: image, ray_version: rayVersion, registry_login_secret: 'login', ...config }
      await writeFile(file, JSON.stringify(all))
      return fairlead('cluster-env', 'build', '-n', name, file, ...flags)
    },
    untilCluster: (name: string, holds: (cluster: Cluster) => boolean) =>
      eventually(
        async () => {
          const cluster = Cluster.parse(await cliJson(['cluster', 'status', '-n', name], access))
          return holds(cluster) ? cluster : undefined
        },
        { what: `cluster ${name} is as it should be`, timeoutMs: 120_000 },
      ),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
