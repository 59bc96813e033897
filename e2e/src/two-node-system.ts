/** The whole system: a TLS registry with a real Ray image, the secret manager, the control plane, and two nodes with an engine each. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Cluster } from '@fairlead/contract'
import { cli, cliJson, eventually, startFairleadAgent, type FairleadAgent, type Machine } from '@fairlead/testkit'
import { rayVersion, startPrivateRay } from './private-ray.ts'
import { startSystem } from './start-system.ts'

interface InspectedContainer {
  Id: string
  Config: { Env: string[]; Labels: Record<string, string> }
  HostConfig: { Privileged: boolean; NetworkMode: string; CapDrop: string[] }
}

export type TwoNodeSystem = Awaited<ReturnType<typeof startTwoNodeSystem>>

/** `policy`: what stands in each node's own file beside what the system needs. */
export const startTwoNodeSystem = (policy: Record<string, unknown> = {}) => startSystem((parts) => start(parts, policy))

async function start(parts: AsyncDisposableStack, policy: Record<string, unknown>) {
  const ray = await startPrivateRay(parts, { cloudName: 'two-nodes' })
  const { network, front, serve, access } = ray

  const nodes = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const machine = await network.machine(name)
      await writeFile(
        join(machine.etcDir, 'policy.yaml'),
        JSON.stringify({ ...ray.policy, containers: { shm_size: '1g' }, ...policy }),
        { mode: 0o644 },
      )
      const engine = await machine.startEngine()
      return { machine, engine }
    }),
  )
  const joined: { machine: Machine; engine: (typeof nodes)[number]['engine']; agent: FairleadAgent; nodeId: string }[] =
    []
  for (const { machine, engine } of nodes) {
    const agent = parts.use(
      await startFairleadAgent({ machine, serve, name: machine.name, provider: 'aws', env: front.nodeEnv }),
    )
    joined.push({ machine, engine, agent, nodeId: agent.nodeId })
  }

  const containersOn = async (machine: Machine): Promise<InspectedContainer[]> => {
    const ids = (await machine.mustExec('docker', ['ps', '-aq', '--no-trunc'])).split('\n').filter(Boolean)
    return ids.length === 0 ? [] : JSON.parse(await machine.mustExec('docker', ['inspect', ...ids]))
  }
  const getCluster = async (name: string): Promise<Cluster> =>
    Cluster.parse(await cliJson(['cluster', 'status', '-n', name], access))

  return {
    ...ray,
    rayVersion,
    nodes: joined,
    fairlead: (...args: string[]) => cli(args, { ...access, timeoutMs: 280_000 }),
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
    untilCluster: (name: string, holds: (cluster: Cluster) => boolean) =>
      eventually(
        async () => {
          const cluster = await getCluster(name)
          return holds(cluster) ? cluster : undefined
        },
        { what: `cluster ${name} is as it should be`, timeoutMs: 150_000 },
      ),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
