/** `fairlead node list`. */
import type { NodeState } from '@fairlead/contract/wire'
import { printableText } from '@fairlead/contract/problems'
import { connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { ListFlags } from '../../flags.ts'
import { printList } from '../../print.ts'
import { warn } from '../../terminal/warn.ts'
import { formatAge } from '../../terminal/units.ts'
import { listedState } from './node-state.ts'
import { secondJoinWarning } from './second-join.ts'

export interface NodeListFlags extends ListFlags {
  readonly cloudName?: string
  readonly state?: NodeState
}

export default async function list(this: CliContext, flags: NodeListFlags): Promise<void> {
  const client = await connect(this, flags)
  const cloud = flags.cloudName === undefined ? null : await findCloud(client, flags.cloudName, this.signal)
  const nodes = await client.nodes
    .list({ cloud_id: cloud?.id, state: flags.state }, { signal: this.signal })
    .take(flags.maxItems)
  const now = this.clock.now()
  printList(this, flags, nodes, {
    headers: ['NAME', 'STATE', 'KIND', 'CLUSTER', 'PLATFORM', 'AGENT', 'DOCKER', 'ADDRESS', 'MACHINE', 'HEARD', 'ID'],
    row: (node) => [
      node.name,
      listedState(node),
      node.checker ? 'checker' : 'node',
      node.cluster_id ?? '',
      node.facts?.platform ?? '',
      node.facts?.agent_version ?? '',
      node.facts?.engine_version ?? '',
      node.facts?.advertise_address ?? '',
      node.identity?.instance ?? '',
      node.last_heard_at === null ? 'never' : formatAge(node.last_heard_at, now),
      node.id,
    ],
    empty:
      flags.state === undefined
        ? 'No nodes yet. Join a machine: fairlead node join-token'
        : `No node is ${flags.state}.`,
  })
  if (flags.json) return
  for (const node of nodes.results) {
    const second = secondJoinWarning(node, now)
    if (second !== null) warn(this, `node ${printableText(node.name)}: ${printableText(second)}`)
  }
}
