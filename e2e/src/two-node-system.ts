/** The whole system: a TLS registry with a Ray image, the secret manager, the control plane, and two nodes with an engine each. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Cluster } from '@fairlead/contract/wire'
import { cli, cliJson, eventually, newFolder, startFairleadAgent, type Machine } from '@fairlead/testkit'
import { rayVersion, startPrivateRay, type PrivateRayOptions } from './private-ray.ts'
import { startSystem } from './start-system.ts'

interface InspectedContainer {
  Id: string
  Config: { Env: string[]; Labels: Record<string, string> }
  HostConfig: { Privileged: boolean; NetworkMode: string; CapDrop: string[] }
}

export type TwoNodeSystem = Awaited<ReturnType<typeof startTwoNodeSystem>>

/** `policy`: what is in each node's own file beside what the system needs. */
export const startTwoNodeSystem = (ray: PrivateRayOptions['ray'], policy: Record<string, unknown> = {}) =>
  startSystem((parts) => start(parts, ray, policy))

async function start(parts: AsyncDisposableStack, ray: PrivateRayOptions['ray'], policy: Record<string, unknown>) {
  const privateRay = await startPrivateRay(parts, { cloudName: 'two-nodes', ray })
  const { network, front, serve, access } = privateRay

  const joined = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const machine = await network.machine(name)
      await writeFile(
        join(machine.etcDir, 'policy.yaml'),
        JSON.stringify({ ...privateRay.policy, containers: { shm_size: '1g' }, ...policy }),
        { mode: 0o644 },
      )
      const engine = await machine.startEngine()
      const agent = parts.use(await startFairleadAgent({ machine, serve, name, provider: 'aws', env: front.nodeEnv }))
      return { machine, engine, agent, nodeId: agent.nodeId }
    }),
  )

  const containersOn = async (machine: Machine): Promise<InspectedContainer[]> => {
    const ids = (await machine.mustExec('docker', ['ps', '-aq', '--no-trunc'])).split('\n').filter(Boolean)
    return ids.length === 0 ? [] : JSON.parse(await machine.mustExec('docker', ['inspect', ...ids]))
  }
  const fairlead = (...args: string[]) => cli(args, { ...access, timeoutMs: 280_000 })
  const untilCluster = (name: string, holds: (cluster: Cluster) => boolean) =>
    eventually(
      async () => {
        const cluster = Cluster.parse(await cliJson(['cluster', 'status', '-n', name], access))
        return holds(cluster) ? cluster : undefined
      },
      { what: `cluster ${name} is as it should be`, timeoutMs: 150_000 },
    )

  return {
    ...privateRay,
    nodes: joined,
    fairlead,
    untilCluster,
    /** Registers the image under that name, and ends as its check does. */
    async build(name: string, env_vars: Record<string, string> = {}) {
      const file = join(newFolder('config'), 'my_cluster_env.yaml')
      const { image, secretName } = privateRay
      const config = { docker_image: image, ray_version: rayVersion, registry_login_secret: secretName, env_vars }
      await writeFile(file, JSON.stringify(config))
      return fairlead('cluster-env', 'build', '-n', name, file)
    },
    async machineOf(name: string, role: 'head' | 'worker') {
      const { nodes } = await untilCluster(name, ({ nodes }) => nodes.length === 2)
      const id = nodes.find((node) => node.role === role)?.node_id
      const node = joined.find(({ nodeId }) => nodeId === id)
      if (node === undefined) throw new Error(`no machine is the ${role} of ${name}`)
      return node.machine
    },
    containersOn,
    containerIds: async () =>
      (await Promise.all(joined.map(({ machine }) => containersOn(machine)))).flat().map(({ Id }) => Id),
    imageNamesOn: async (machine: Machine) =>
      (await machine.mustExec('docker', ['images', '--format', '{{.Repository}}:{{.Tag}}']))
        .split('\n')
        .filter(Boolean),
    /** Removes the image from both engines, so that a start pulls again. */
    async forgetImages() {
      for (const { machine } of joined) {
        await machine.mustExec('sh', ['-c', 'docker images -aq | xargs -r docker rmi -f'])
      }
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
