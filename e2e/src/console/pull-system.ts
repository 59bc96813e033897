/** A node, a registry that wants a login, and one that lets everybody pull: for pulls of each decision. */
import { cliJson, makeFakeRayImage, pushImage, startFairleadServe, startRegistry } from '@fairlead/testkit'
import type { PullRecord } from '@fairlead/contract/wire'
import { rayVersion, startLab } from '../lab.ts'
import { startSystem } from '../start-system.ts'

/** A name that the grammar allows and that looks like other things. */
export const oddImage = { repository: 'www.example.com/a__b--c.html/0-x', tag: '_v1.0-__.svg' }

export type PullSystem = Awaited<ReturnType<typeof startPullSystem>>

export const startPullSystem = () => startSystem(start)

async function start(parts: AsyncDisposableStack) {
  const lab = await startLab(parts, startFairleadServe)
  const { login, network, host, ca, serve, access, fairlead, untilCluster } = lab
  const closed = await lab.registry()
  const open = parts.use(await startRegistry({ host, tls: ca, auth: { kind: 'none' } }))
  const image = await makeFakeRayImage({ rayVersion, layers: [{ randomBytes: 2_000_000 }] })
  await pushImage(closed, 'team/trainer', '1', image, login)
  await pushImage(closed, oddImage.repository, oddImage.tag, image, login)
  await pushImage(open, 'team/open', '1', await makeFakeRayImage({ rayVersion }), null)

  const node = await lab.machine('node', [closed.host, open.host])
  await node.writeSecret('registry-login', { ...login, server: closed.host })
  await node.writeSecret('other-login', { ...login, server: 'registry.example.com' })
  await node.join('node-1')

  return {
    ...access,
    /** Where a browser may be. */
    network,
    serve,
    closedImage: `${closed.host}/team/trainer:1`,
    oddImage: `${closed.host}/${oddImage.repository}:${oddImage.tag}`,
    openImage: `${open.host}/team/open:1`,
    closedHost: closed.host,
    build: (name: string, docker_image: string, registry_login_secret?: string) =>
      lab.build(name, docker_image, { registry_login_secret }),
    async start(name: string) {
      const { status, stderr } = await fairlead('cluster', 'start', '-n', name, '--env', name)
      if (status !== 0) throw new Error(`${name} did not start: ${stderr}`)
    },
    async terminate(name: string) {
      await fairlead('cluster', 'terminate', '-n', name)
      await untilCluster(name, ({ state }) => state === 'Terminated')
    },
    /** Newest first. */
    pulls: async () => (await cliJson<{ results: PullRecord[] }>(['pulls', 'list'], access)).results,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
