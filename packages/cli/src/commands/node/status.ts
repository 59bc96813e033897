/** `fairlead node status`: one machine as the control plane knows it, and what its cloud vouched for. */
import type { Node } from '@fairlead/contract/wire'
import type { FairleadClient } from '@fairlead/sdk'
import { connect } from '../../connection/connect.ts'
import { findNode } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenName, type NameFlag } from '../../named.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { removedRecords } from '../../terminal/removed-records.ts'
import { formatDetails } from '../../terminal/table.ts'
import { formatAge } from '../../terminal/units.ts'
import { stateText, waitingLines } from './node-state.ts'
import { secondJoinText } from './second-join.ts'

export default async function status(this: CliContext, flags: RemoteFlags & NameFlag, named?: string): Promise<void> {
  const nameOrId = chosenName('fairlead node status', flags, named)
  const client = await connect(this, flags)
  const node = await findNode(client, nameOrId, this.signal)
  if (flags.json) return printJson(this, node)
  const prefetched = await namesOf(client, node.facts?.prefetched, this.signal)
  this.stdout.write(formatDetails(detailsOf(node, prefetched, this.clock.now()), paintFor(this.stdout, this.env)))
}

function detailsOf(node: Node, prefetched: string | null, now: number): readonly (readonly [string, string | null])[] {
  const { identity, facts, pull_checkpoint: removed } = node
  return [
    ['node', node.checker ? `${node.name} (a checker)` : node.name],
    ['state', stateText(node)],
    ['heard', node.last_heard_at === null ? 'never' : formatAge(node.last_heard_at, now)],
    ['joined', `${formatAge(node.joined_at, now)}, ${identity === null ? 'with a token' : 'by cloud identity'}`],
    ['machine', identity && identity.instance],
    ['runs as', identity && identity.principal],
    ['second join', secondJoinText(node, now)],
    ['cluster', node.cluster_id],
    ['platform', facts && facts.platform],
    ['agent', facts && facts.agent_version],
    ['docker', facts && facts.engine_version],
    ['address', facts && facts.advertise_address],
    ['prefetched', prefetched],
    ...waitingLines(node).map((line, index) => [index === 0 ? 'waiting pods' : '', line] as const),
    ['pull records', node.pull_chain ?? null],
    ['removed', removed === undefined ? null : removedRecords(removed.removed, removed.received_until)],
    ['cloud', node.cloud_id],
    ['id', node.id],
  ]
}

/** `NAME:REVISION` of each build; null if the node is not asked to prefetch. */
async function namesOf(
  client: FairleadClient,
  builds: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<string | null> {
  if (builds === undefined) return null
  const names = builds.map(async (id) => {
    const { cluster_environment_id, revision } = await client.builds.get(id, { signal })
    return `${(await client.clusterEnvironments.get(cluster_environment_id, { signal })).name}:${revision}`
  })
  return names.length === 0 ? 'nothing yet' : (await Promise.all(names)).join(', ')
}
