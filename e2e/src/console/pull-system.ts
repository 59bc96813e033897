/** A node, a registry that wants a login, and one that lets everybody pull: for pulls of each decision. */
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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
  startRegistry,
  type FairleadAccess,
} from '@fairlead/testkit'
import type { Cluster, PullRecord } from '@fairlead/contract'
import { startSystem } from '../start-system.ts'

const rayVersion = '2.55.1'

/** A name that the grammar allows and that looks like other things. */
export const oddImage = { repository: 'www.example.com/a__b--c.html/0-x', tag: '_v1.0-__.svg' }

export type PullSystem = Awaited<ReturnType<typeof startPullSystem>>

export const startPullSystem = () => startSystem(start)

async function start(parts: AsyncDisposableStack) {
  const login = { username: 'puller', password: `canary-${randomBytes(12).toString('hex')}` }
  const network = parts.use(await createNetwork())
  const host = network.hostAddress
  const ca = await createCa()
  const users = { [login.username]: login.password }
  const [closed, open] = await Promise.all([
    startRegistry({ host, tls: ca, auth: { kind: 'htpasswd', users } }),
    startRegistry({ host, tls: ca, auth: { kind: 'none' } }),
  ])
  parts.use(closed)
  parts.use(open)
  const image = await makeFakeRayImage({ rayVersion, layers: [{ randomBytes: 2_000_000 }] })
  await pushImage(closed, 'team/trainer', '1', image, login)
  await pushImage(closed, oddImage.repository, oddImage.tag, image, login)
  await pushImage(open, 'team/open', '1', await makeFakeRayImage({ rayVersion }), null)

  const serve = parts.use(await startFairleadServe({ listen: `${host}:0` }))
  const access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile } satisfies FairleadAccess
  await cliJson(['cloud', 'create', '-n', 'lab', '--provider', 'local', '--allow-any-secret'], access)

  const machine = await network.machine('node')
  const policy = { registry_ca: { [closed.host]: ca.caFile, [open.host]: ca.caFile }, disk_reserve_bytes: 0 }
  await writeFile(join(machine.etcDir, 'policy.yaml'), JSON.stringify(policy), { mode: 0o644 })
  await mkdir(join(machine.etcDir, 'secrets'), { mode: 0o700 })
  for (const [name, server] of [
    ['registry-login', closed.host],
    ['other-login', 'registry.example.com'],
  ] as const) {
    await writeFile(join(machine.etcDir, 'secrets', name), JSON.stringify({ ...login, server }), { mode: 0o600 })
  }
  await machine.startEngine()
  parts.use(await startFairleadAgent({ machine, serve, name: 'node-1', provider: 'local' }))

  const fairlead = (...args: string[]) => cli(args, { ...access, timeoutMs: 200_000 })
  return {
    ...access,
    /** Where a browser may be. */
    network,
    closedImage: `${closed.host}/team/trainer:1`,
    oddImage: `${closed.host}/${oddImage.repository}:${oddImage.tag}`,
    openImage: `${open.host}/team/open:1`,
    closedHost: closed.host,
    /** Ends as its check does. */
    async build(name: string, docker_image: string, registry_login_secret?: string) {
      const file = join(newFolder('config'), 'env.yaml')
      await writeFile(file, JSON.stringify({ docker_image, ray_version: rayVersion, registry_login_secret }))
      return fairlead('cluster-env', 'build', '-n', name, file)
    },
    async start(name: string) {
      const { status, stderr } = await fairlead('cluster', 'start', '-n', name, '--env', name)
      if (status !== 0) throw new Error(`${name} did not start: ${stderr}`)
    },
    async terminate(name: string) {
      await fairlead('cluster', 'terminate', '-n', name)
      const state = () => cliJson<Cluster>(['cluster', 'status', '-n', name], access)
      await eventually(async () => ((await state()).state === 'Terminated' ? true : undefined), {
        what: `cluster ${name} is terminated`,
        timeoutMs: 60_000,
      })
    },
    /** Newest first. */
    pulls: async () => (await cliJson<{ results: PullRecord[] }>(['pulls', 'list'], access)).results,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
