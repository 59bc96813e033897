/** A Ray task on every node of a cluster, asked for in the head's own container. */
import type { Machine } from '@fairlead/testkit'
import type { TwoNodeSystem } from './two-node-system.ts'

const program = `
import ray
ray.init(address='auto', logging_level='ERROR')

@ray.remote(num_cpus=1, scheduling_strategy='SPREAD')
def where():
    import time
    time.sleep(0.5)
    return ray.util.get_node_ip_address()

found = set()
for _ in range(20):
    found |= set(ray.get([where.remote() for _ in range(4)]))
    if len(found) > 1:
        break
print(' '.join(sorted(found)))
`

/** The addresses of the nodes on which it ran, sorted. */
export async function rayTaskOnEveryNode(system: TwoNodeSystem): Promise<string[]> {
  for (const { machine } of system.nodes) {
    const [container] = await system.containersOn(machine)
    if (container?.Config.Labels['dev.fairlead.role'] === 'head') return rayTaskFrom(machine, container.Id)
  }
  throw new Error('no node runs the head')
}

/** As above, asked for in that container of the head's machine. */
export async function rayTaskFrom(head: Machine, container: string): Promise<string[]> {
  const output = await head.mustExec('docker', ['exec', container, 'python3', '-c', program], { timeoutMs: 120_000 })
  return output.trim().split(/\s+/).slice(-2).sort()
}
