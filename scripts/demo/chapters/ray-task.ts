/** A Ray task on every node, run by a person in the head's container. */
import { findRayHead, rayTaskOnEachNode } from '@fairlead/testkit'
import type { Narrator } from '../narrator.ts'
import type { Stage } from '../stage.ts'

export async function runRayTask(nodes: Stage['nodes'], narrator: Narrator): Promise<void> {
  const machines = nodes.map(({ machine }) => machine)
  const head = await findRayHead(machines)
  narrator.say('A Ray task on each node, from the container of the head:')
  narrator.command(head.machine.name, `docker exec ${head.container} python3 where.py`)
  const found = await rayTaskOnEachNode(head)
  narrator.output(found.join(' '))
  const addresses = machines.map(({ address }) => address)
  const everywhere = addresses.every((address) => found.includes(address))
  narrator.expect(everywhere, 'good', `The task ran on both nodes: ${addresses.join(', ')}`)
}
