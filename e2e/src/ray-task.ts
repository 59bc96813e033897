/** A Ray task on every node of a cluster, submitted in the head's own container. */
import { eventually, type Machine } from '@fairlead/testkit'
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
  for (const { machine, containers } of system.nodes) {
    const [container] = await containers()
    if (container?.Config.Labels['dev.fairlead.role'] === 'head') return rayTaskFrom(machine, container.Id)
  }
  throw new Error('no node runs the head')
}

/** As above, submitted in that container on the head's machine. */
export async function rayTaskFrom(head: Machine, container: string): Promise<string[]> {
  const output = await head.mustExec('docker', ['exec', container, 'python3', '-c', program], { timeoutMs: 120_000 })
  return output.trim().split(/\s+/).slice(-2).sort()
}

const reach = `
import sys, ray
ray.init(sys.argv[1], logging_level='ERROR')
print('REACHED', len([node for node in ray.nodes() if node['Alive']]))
`

/** What Ray answers to a container outside the cluster, on a worker's machine, that asks with these variables. */
export async function rayFromNeighbour(
  system: TwoNodeSystem,
  address: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const machine = system.nodes.find(({ machine: one }) => !address.includes(one.address))?.machine
  if (machine === undefined) throw new Error('no machine is the neighbour of the head')
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const container = ['--rm', '--network', 'host', ...variables, system.image.reference, 'python3', '-c', reach, address]
  const { stdout, stderr } = await machine.exec('docker', ['run', ...container], { timeoutMs: 180_000 })
  return (stdout + stderr).trim().split('\n').slice(-3).join(' ')
}

/** The same, once it gets in: Ray starts a server for each client, and gives up if that is not up within 30 s. */
export function untilRayReached(
  system: TwoNodeSystem,
  address: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  let said = ''
  return eventually(
    async () => {
      said = await rayFromNeighbour(system, address, env)
      return said.includes('REACHED') ? said : undefined
    },
    { what: `a neighbour reaches Ray at ${address}`, timeoutMs: 200_000, everyMs: 1000, evidence: () => said },
  )
}
