/** What Ray answers to whoever asks from outside a cluster. */
import { eventually } from '@fairlead/testkit'
import type { TwoNodeSystem } from './two-node-system.ts'

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
