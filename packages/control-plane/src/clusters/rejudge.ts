/** Effects of judging a cluster: looks at its nodes again, and writes what follows from a new state. */
import type { CloudId, ClusterId, NodeId } from '@fairlead/contract/names'
import { iso } from '../clock.ts'
import type { ClusterRecord } from '../store/records.ts'
import type { Transaction } from '../store/store.ts'
import type { MemberState, MembersOutline } from '../store/tables/members.ts'
import { isGoing, isWanted, judgeCluster, type JudgedMembers } from './judge-cluster.ts'
import type { Presence } from '../nodes/presence.ts'

/** Returns its cloud if nodes of it may have become free. */
export async function rejudge(
  transaction: Transaction,
  clusterId: ClusterId,
  presence: Presence,
  now: number,
): Promise<CloudId | null> {
  const cluster = await transaction.clusters.byId(clusterId)
  if (cluster === null || !isGoing(cluster.state)) return null
  const lost = presence.lost()
  const verdict = judgeCluster(cluster, judged(cluster, await transaction.members.outline(cluster, lost), lost))
  const sameProblem = JSON.stringify(verdict.problem) === JSON.stringify(cluster.problem)
  if (verdict.state === cluster.state && sameProblem) return null

  const changed = verdict.state !== cluster.state
  await transaction.clusters.update(clusterId, {
    state: verdict.state,
    problem: verdict.problem,
    was_running: cluster.was_running || verdict.state === 'Running',
    ...(changed && { state_changed_at: iso(now) }),
    ...(verdict.state === 'Terminated' && nothingRuns),
  })
  transaction.announce('cluster', clusterId)
  if (!changed || isWanted(verdict.state)) return null
  const members = (await transaction.members.states(clusterId)).filter((member) => concerns(cluster, member))
  wakeAll(
    transaction,
    members.map((member) => member.node_id),
  )
  if (verdict.state !== 'Terminated') return null
  await releaseUnreachable(transaction, members, now)
  return cluster.cloud_id
}

function judged(
  { generation }: ClusterRecord,
  { count, running, unreleased, odd }: MembersOutline,
  lost: ReadonlySet<NodeId>,
): JudgedMembers {
  const members = odd.map((member) => ({
    ...member,
    lost: lost.has(member.node_id),
    revoked: member.node_revoked_at !== null,
    nodeName: member.node_name,
  }))
  const unreachable = members.filter((member) => member.released_at === null && (member.lost || member.revoked))
  return {
    count,
    running,
    odd: members.filter((member) => member.generation === generation),
    isHeld: unreleased > unreachable.length,
  }
}

export const nothingRuns = { head_address: null, dashboard_url: null, alive_nodes: null, ray_token: null } as const

/** While it is ending, nodes of earlier starts must stop too; otherwise only this start counts. */
function concerns(cluster: ClusterRecord, member: MemberState): boolean {
  return member.generation === cluster.generation || (cluster.state === 'Terminating' && member.released_at === null)
}

/** A lost or revoked node does not delay the end; when it comes back, its desired state has no workload. */
async function releaseUnreachable(
  transaction: Transaction,
  members: readonly MemberState[],
  now: number,
): Promise<void> {
  const held = members.filter((member) => member.released_at === null)
  await transaction.members.update(held.map((member) => ({ member, change: { released_at: iso(now) } })))
}

export function wakeAll(transaction: Transaction, nodeIds: readonly NodeId[]): void {
  for (const nodeId of nodeIds) transaction.wake(nodeId)
}
