/** Two nodes and a registry whose answers can be made slow, so that clusters start, wait and fail before the eyes of a browser. */
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
  makeFakeRayImage,
  newFolder,
  pushImage,
  startFairleadAgent,
  startFairleadServe,
  startFaultProxy,
  startRegistry,
  type FairleadAccess,
} from '@fairlead/testkit'
import { startSystem } from '../start-system.ts'

const rayVersion = '2.55.1'
const layerBytes = 24_000_000

export type ClusterSystem = Awaited<ReturnType<typeof startClusterSystem>>

export const startClusterSystem = () => startSystem(start)

async function start(parts: AsyncDisposableStack) {
  const login = { username: 'puller', password: `canary-${randomBytes(12).toString('hex')}` }
  const network = parts.use(await createNetwork())
  const host = network.hostAddress
  const ca = await createCa()
  const users = { [login.username]: login.password }
  const registry = parts.use(await startRegistry({ host, tls: ca, auth: { kind: 'htpasswd', users } }))
  const proxy = parts.use(await startFaultProxy({ target: registry, host, tls: ca }))
  const image = await makeFakeRayImage({ rayVersion, layers: [{ randomBytes: layerBytes }] })
  await pushImage(registry, 'team/trainer', '1', image, login)

  const serve = parts.use(await startFairleadServe({ listen: `${host}:0` }))
  const access: FairleadAccess = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  await cliJson(['cloud', 'create', '-n', 'lab', '--provider', 'local', '--allow-any-secret'], access)

  const nodes = await Promise.all(
    ['node-1', 'node-2'].map(async (name) => {
      const machine = await network.machine(name)
      const policy = { registry_ca: { [proxy.host]: ca.caFile }, disk_reserve_bytes: 0, share_logs: true }
      await writeFile(join(machine.etcDir, 'policy.yaml'), JSON.stringify(policy), { mode: 0o644 })
      await mkdir(join(machine.etcDir, 'secrets'), { mode: 0o700 })
      await machine.startEngine()
      return machine
    }),
  )
  /** On both nodes, as their owners would. */
  const writeSecret = async (name: string, server: string) => {
    for (const { etcDir } of nodes) {
      await writeFile(join(etcDir, 'secrets', name), JSON.stringify({ ...login, server }), { mode: 0o600 })
    }
  }
  await writeSecret('login', proxy.host)
  const agents = await Promise.all(
    nodes.map(async (machine) =>
      parts.use(await startFairleadAgent({ machine, serve, name: machine.name, provider: 'local' })),
    ),
  )

  const fairlead = (...args: string[]) => cli(args, { ...access, timeoutMs: 200_000 })
  return {
    network,
    nodes,
    agents,
    serve,
    rayVersion,
    registryHost: proxy.host,
    writeSecret,
    fairlead,
    tokenOf: async (role: 'viewer' | 'developer') =>
      (await cliJson<{ token: string }>(['token', 'create', '-n', role, '--role', role], access)).token,
    /** Layers come at this rate until what is given back is disposed of. */
    slowLayers: (bytesPerSecond: number): Disposable =>
      proxy.inject({ method: 'GET', path: /\/blobs\//, fault: { kind: 'slow', bytesPerSecond } }),
    async build(name: string, config: Record<string, unknown> = {}) {
      const file = join(newFolder('config'), 'env.yaml')
      const docker_image = `${proxy.host}/team/trainer:1`
      const all = { docker_image, ray_version: rayVersion, registry_login_secret: 'login', ...config }
      await writeFile(file, JSON.stringify(all))
      const { status, stderr } = await fairlead('cluster-env', 'build', '-n', name, file)
      if (status !== 0) throw new Error(`${name} was not built: ${stderr}`)
    },
    /** Removes the image from both engines, so that a start pulls again. */
    async forgetImages() {
      for (const machine of nodes) {
        await machine.mustExec('sh', ['-c', 'docker images -aq | xargs -r docker rmi -f'])
      }
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
