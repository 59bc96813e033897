/** Effects of judging a cluster: looks at its nodes again, and writes what follows from a new state. */
import type { CloudId, ClusterId, NodeId } from '@fairlead/contract/names'
import { iso } from '../clock.ts'
import type { ClusterRecord } from '../store/records.ts'
import type { MemberState, Transaction } from '../store/store.ts'
import { isWanted, judgeCluster } from './judge-cluster.ts'
import type { Presence } from '../nodes/presence.ts'

/** Returns its cloud if nodes of it may have become free. */
export async function rejudge(
  transaction: Transaction,
  clusterId: ClusterId,
  presence: Presence,
  now: number,
): Promise<CloudId | null> {
  const cluster = await transaction.clusters.byId(clusterId)
  if (cluster === null) return null
  const members = (await transaction.members.states(clusterId)).filter((member) => concerns(cluster, member))
  const verdict = judgeCluster(
    cluster,
    members.map((member) => ({
      role: member.role,
      phase: member.phase,
      problem: member.problem,
      released: member.released_at !== null,
      lost: presence.isLost(member.node_id),
      revoked: member.node_revoked_at !== null,
      nodeName: member.node_name,
    })),
  )
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
  if (!changed) return null
  if (verdict.state === 'Terminated') await releaseUnreachable(transaction, members, now)
  if (!isWanted(verdict.state))
    wakeAll(
      transaction,
      members.map((member) => member.node_id),
    )
  return verdict.state === 'Terminated' ? cluster.cloud_id : null
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
