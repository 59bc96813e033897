/** The world of the main story: a registry with a token server, AWS, and two nodes; what its stories ask of both nodes. */
import {
  awsSecrets,
  behindProxy,
  findRayHead,
  startFairleadServe,
  startWorld,
  tokenRegistry,
  type ImageMaker,
} from '@fairlead/testkit'

export type TwoNodeSystem = Awaited<ReturnType<typeof startTwoNodeSystem>>

/** `policy`: what each node's own file contains in addition to what the world needs. */
export async function startTwoNodeSystem(image: ImageMaker, policy: object = {}) {
  const world = await startWorld({
    registry: behindProxy(tokenRegistry('team/ray')),
    secrets: awsSecrets(),
    secretName: 'team/registry-login',
    allow: 'login',
    image,
    serve: startFairleadServe,
    nodes: ['one', 'two'],
    policy: { containers: { shm_size: '1g' }, disk_reserve_bytes: 1_000_000_000, ...policy },
  })
  return {
    ...world,
    head: () => findRayHead(world.nodes.map(({ machine }) => machine)),
    async machineOf(name: string, role: 'head' | 'worker') {
      const { nodes } = await world.untilCluster(name, ({ nodes }) => nodes.length === 2)
      const id = nodes.find((node) => node.role === role)?.node_id
      const node = world.nodes.find(({ nodeId }) => nodeId === id)
      if (node === undefined) throw new Error(`no machine is the ${role} of ${name}`)
      return node.machine
    },
    async containerIds() {
      const containers = await Promise.all(world.nodes.map((node) => node.containers()))
      return containers.flat().map(({ Id }) => Id)
    },
  }
}
