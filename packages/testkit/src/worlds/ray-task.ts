/** A Ray task on each node of a cluster, as a person runs it in the container of the head. */
import type { Machine } from '../machines/machine.ts'

const program = `
import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On

ray.init(address="auto", log_to_driver=False, logging_level="error")

@ray.remote(num_cpus=0.1)
def where():
    return ray.util.get_node_ip_address()

alive = [node["NodeID"] for node in ray.nodes() if node["Alive"]]
print(*sorted(ray.get([where.options(scheduling_strategy=On(node, soft=False)).remote() for node in alive])))
`

export interface RayHead {
  readonly machine: Machine
  /** Its name or id. */
  readonly container: string
}

/** Where Fairlead started the head. */
export async function findRayHead(machines: readonly Machine[]): Promise<RayHead> {
  for (const machine of machines) {
    const filter = ['--filter', 'label=dev.fairlead.role=head', '--format', '{{.Names}}']
    const container = (await machine.mustExec('docker', ['ps', ...filter])).trim()
    if (container !== '') return { machine, container }
  }
  throw new Error('no machine runs the head of the cluster')
}

/** The addresses of the nodes on which it ran, sorted. */
export async function rayTaskOnEachNode({ machine, container }: RayHead): Promise<string[]> {
  const run = ['exec', '-i', container, 'python3', '-W', 'ignore', '-']
  const said = await machine.mustExec('docker', run, { input: program, timeoutMs: 120_000 })
  return said.trim().split(/\s+/)
}
