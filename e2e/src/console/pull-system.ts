/** A node, a registry that requires a login, and one that allows anonymous pulls: for pulls of each decision. */
import {
  basicRegistry,
  fakeRay,
  openRegistry,
  secretFiles,
  startFairleadServe,
  startWhole,
  startWorld,
} from '@fairlead/testkit'
import type { PullRecord } from '@fairlead/contract/wire'

/** A name that the grammar allows and that looks like something else. */
export const oddImage = { repository: 'www.example.com/a__b--c.html/0-x', tag: '_v1.0-__.svg' }

export type PullSystem = Awaited<ReturnType<typeof startPullSystem>>

export const startPullSystem = () =>
  startWhole(async (parts) => {
    const image = await fakeRay({ layers: [{ randomBytes: 2_000_000 }] })()
    const world = parts.use(
      await startWorld({
        registry: basicRegistry,
        secrets: secretFiles,
        secretName: 'registry-login',
        image: () => Promise.resolve(image),
        repository: 'team/trainer',
        serve: startFairleadServe,
        nodes: [],
      }),
    )
    const { access, fairlead, login, registry, secrets, ask } = world
    const odd = await registry.push(oddImage.repository, image, oddImage)
    const open = await openRegistry(world)
    const pushed = await open.push('team/open', await fakeRay()())
    await secrets.put('other-login', { ...login, server: 'registry.example.com' })
    await world.addNode('node-1', { registries: [open] })

    return {
      ...access,
      /** Where a browser can run. */
      network: world.network,
      serve: world.serve,
      closedImage: world.image.reference,
      oddImage: odd.reference,
      openImage: pushed.reference,
      closedHost: registry.host,
      build: (name: string, docker_image: string, registry_login_secret?: string) =>
        world.build(name, { docker_image, registry_login_secret }),
      async start(name: string) {
        const { status, stderr } = await fairlead('cluster', 'start', '-n', name, '--env', name)
        if (status !== 0) throw new Error(`${name} did not start: ${stderr}`)
      },
      async terminate(name: string) {
        await fairlead('cluster', 'terminate', '-n', name)
        await world.untilCluster(name, ({ state }) => state === 'Terminated')
      },
      /** Newest first. */
      pulls: async () => (await ask<{ results: PullRecord[] }>('pulls', 'list')).results,
    }
  })
