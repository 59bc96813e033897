/** A Ray task on every node, run by a person in the head's container. */
import type { Machine } from '@fairlead/testkit'
import type { Narrator } from '../narrator.ts'
import type { Stage } from '../stage.ts'

const script = `
import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On

ray.init(address="auto", log_to_driver=False, logging_level="error")

@ray.remote(num_cpus=0.1)
def where():
    return ray.util.get_node_ip_address()

alive = [node["NodeID"] for node in ray.nodes() if node["Alive"]]
print(*sorted(ray.get([where.options(scheduling_strategy=On(node, soft=False)).remote() for node in alive])))
`

export async function runRayTask(nodes: Stage['nodes'], narrator: Narrator): Promise<void> {
  const machines = nodes.map(({ machine }) => machine)
  const head = await findHead(machines)
  narrator.say('A Ray task on each node, from the container of the head:')
  narrator.command(head.machine.name, `docker exec ${head.container} python3 where.py`)
  const run = ['exec', '-i', head.container, 'python3', '-W', 'ignore', '-']
  const answer = await head.machine.mustExec('docker', run, { input: script })
  narrator.output(answer)
  const everywhere = machines.every((machine) => answer.split(/\s+/).includes(machine.address))
  narrator.expect(
    everywhere,
    'good',
    `The task ran on both nodes: ${machines.map(({ address }) => address).join(', ')}`,
  )
}

async function findHead(machines: readonly Machine[]): Promise<{ machine: Machine; container: string }> {
  for (const machine of machines) {
    const filter = ['--filter', 'label=dev.fairlead.role=head', '--format', '{{.Names}}']
    const container = (await machine.mustExec('docker', ['ps', ...filter])).trim()
    if (container !== '') return { machine, container }
  }
  throw new Error('no machine runs the head of the cluster')
}
