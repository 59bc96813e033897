/** Effects of judging a cluster: looks at its nodes again, and writes what follows from a new state. */
import type { ClusterId, NodeId } from '@fairlead/contract/names'
import { iso } from '../clock.ts'
import type { ClusterRecord, MemberRecord } from '../store/records.ts'
import type { Transaction } from '../store/store.ts'
import { isWanted, judgeCluster } from './judge-cluster.ts'
import type { Presence } from '../nodes/presence.ts'

/** True if nodes may have become free. */
export async function rejudge(
  transaction: Transaction,
  clusterId: ClusterId,
  presence: Presence,
  now: number,
): Promise<boolean> {
  const cluster = await transaction.clusters.byId(clusterId)
  if (cluster === null) return false
  const members = (await transaction.members.ofCluster(clusterId)).filter((member) => concerns(cluster, member))
  const nodes = new Map(
    (await transaction.nodes.byIds(members.map((member) => member.node_id))).map((node) => [node.id, node]),
  )
  const verdict = judgeCluster(
    cluster,
    members.map((member) => ({
      role: member.role,
      phase: member.phase,
      problem: member.problem,
      released: member.released_at !== null,
      lost: presence.isLost(member.node_id),
      revoked: nodes.get(member.node_id)?.revoked_at != null,
      nodeName: nodes.get(member.node_id)?.name ?? member.node_id,
    })),
  )
  const sameProblem = JSON.stringify(verdict.problem) === JSON.stringify(cluster.problem)
  if (verdict.state === cluster.state && sameProblem) return false

  const changed = verdict.state !== cluster.state
  await transaction.clusters.update(clusterId, {
    state: verdict.state,
    problem: verdict.problem,
    was_running: cluster.was_running || verdict.state === 'Running',
    ...(changed && { state_changed_at: iso(now) }),
    ...(verdict.state === 'Terminated' && nothingRuns),
  })
  transaction.announce('cluster', clusterId)
  if (!changed) return false
  if (verdict.state === 'Terminated') await releaseUnreachable(transaction, members, now)
  if (!isWanted(verdict.state))
    wakeAll(
      transaction,
      members.map((member) => member.node_id),
    )
  return verdict.state === 'Terminated'
}

export const nothingRuns = { head_address: null, dashboard_url: null, alive_nodes: null, ray_token: null } as const

/** While it is ending, nodes of earlier starts must stop too; otherwise only this start counts. */
function concerns(cluster: ClusterRecord, member: MemberRecord): boolean {
  return member.generation === cluster.generation || (cluster.state === 'Terminating' && member.released_at === null)
}

/** A lost or revoked node does not delay the end; when it comes back, its desired state has no workload. */
async function releaseUnreachable(
  transaction: Transaction,
  members: readonly MemberRecord[],
  now: number,
): Promise<void> {
  for (const member of members) {
    if (member.released_at === null) await transaction.members.update(member, { released_at: iso(now) })
  }
}

export function wakeAll(transaction: Transaction, nodeIds: readonly NodeId[]): void {
  for (const nodeId of nodeIds) transaction.wake(nodeId)
}
