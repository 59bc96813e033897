/**
 * What the small systems are made of: a network, a control plane with one cloud of local machines, registries that want a login, nodes with
 * a policy and secrets of their own, and what is typed at the command line.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Cluster } from '@fairlead/contract/wire'
import {
  cli,
  cliJson,
  createCa,
  createNetwork,
  eventually,
  newFolder,
  startFairleadAgent,
  startRegistry,
  type EngineOptions,
  type FairleadAccess,
  type FairleadServe,
  type FairleadServeOptions,
} from '@fairlead/testkit'

/** Of Ray in every image. */
export const rayVersion = '2.55.1'

export type StartServe<Serve> = (options: FairleadServeOptions) => Promise<Serve>

export async function startLab<Serve extends FairleadServe>(
  parts: AsyncDisposableStack,
  startServe: StartServe<Serve>,
) {
  const login = { username: 'puller', password: `canary-${randomBytes(12).toString('hex')}` }
  const network = parts.use(await createNetwork())
  const host = network.hostAddress
  const ca = await createCa()
  const serve = parts.use(await startServe({ listen: `${host}:0` }))
  const access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile } satisfies FairleadAccess
  await cliJson(['cloud', 'create', '-n', 'lab', '--provider', 'local', '--allow-any-secret'], access)
  const fairlead = (...args: string[]) => cli(args, { ...access, timeoutMs: 200_000 })

  return {
    /** Of the registries. */
    login,
    network,
    host,
    ca,
    serve,
    access,
    fairlead,
    async registry() {
      const users = { [login.username]: login.password }
      return parts.use(await startRegistry({ host, tls: ca, auth: { kind: 'htpasswd', users } }))
    },
    /** A machine with an engine, and not yet a node. It trusts the CA of `registries`. */
    async machine(name: string, registries: readonly string[], policy: object = {}, options: EngineOptions = {}) {
      const machine = await network.machine(name)
      const registry_ca = Object.fromEntries(registries.map((registry) => [registry, ca.caFile]))
      const text = JSON.stringify({ registry_ca, disk_reserve_bytes: 0, ...policy })
      await writeFile(join(machine.etcDir, 'policy.yaml'), text, { mode: 0o644 })
      const secrets = join(machine.etcDir, 'secrets')
      await mkdir(secrets, { mode: 0o700 })
      const engine = await machine.startEngine(options)
      return {
        machine,
        engine,
        /** As the node's owner would. */
        writeSecret: (secret: string, value: object): Promise<void> =>
          writeFile(join(secrets, secret), JSON.stringify(value), { mode: 0o600 }),
        join: async (node = name) =>
          parts.use(await startFairleadAgent({ machine, serve, name: node, provider: 'local' })),
      }
    },
    /** Ends as its check does. */
    build: async (name: string, docker_image: string, config: object = {}, ...flags: string[]) => {
      const file = join(newFolder('config'), 'env.yaml')
      const all = { docker_image, ray_version: rayVersion, registry_login_secret: 'login', ...config }
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
  }
}
