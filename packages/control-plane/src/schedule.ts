/** Gives waiting work to nodes: checks to lease, clusters to place. Called in any transaction that may have made that possible. */
import type { CloudId, NodeId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { iso, type Clock } from './clock.ts'
import type { BuildRecord, ClusterRecord, NodeRecord } from './store/records.ts'
import type { Transaction } from './store/store.ts'
import { leaseChecks } from './builds/checks.ts'
import { leaseOf } from './nodes/desired-state.ts'
import { lostGrant } from './clouds/grant-check.ts'
import { isLeased, type CheckingNode } from './builds/plan-checks.ts'
import { planPlacement } from './clusters/plan-placement.ts'
import type { Presence } from './nodes/presence.ts'

export type Schedule = (transaction: Transaction, cloudId: CloudId) => Promise<void>

export function createSchedule({ clock, presence }: { clock: Clock; presence: Presence }): Schedule {
  return async (transaction, cloudId) => {
    const now = clock()
    const undecided = await transaction.builds.undecided(cloudId)
    const unleased = undecided.filter((build) => !isLeased(leaseOf(build), now) || !isHolderOnline(presence, build))
    const waiting = await transaction.clusters.inState(cloudId, 'AwaitingStartup')
    if (unleased.length > 0) {
      await leaseChecks(transaction, undecided, await checkingNodes(transaction, cloudId, undecided, presence), now)
    }
    if (waiting.length > 0) await placeClusters(transaction, waiting, presence, now)
  }
}

function isHolderOnline(presence: Presence, build: { lease_node_id: NodeRecord['id'] | null }): boolean {
  return build.lease_node_id !== null && presence.isOnline(build.lease_node_id)
}

/** Those that check these builds now, and enough others for all of them. */
async function checkingNodes(
  transaction: Transaction,
  cloudId: CloudId,
  undecided: readonly BuildRecord[],
  presence: Presence,
): Promise<CheckingNode[]> {
  const find = (limit: number) => transaction.nodes.checkers(cloudId, limit)
  const found = await findOnline(undecided.length, find, presence)
  const holders = new Set(
    undecided.flatMap(({ lease_node_id: id }) => (id !== null && presence.isOnline(id) ? id : [])),
  )
  for (const { id } of found) holders.delete(id)
  const others = await transaction.nodes.standings([...holders])
  return [...found, ...others.filter((node) => node.revoked_at === null)]
}

/** More than wanted, or all that there are. */
async function findOnline<Node extends { id: NodeId; heard_at: string }>(
  wanted: number,
  find: (limit: number) => Promise<Node[]>,
  presence: Presence,
): Promise<Node[]> {
  // Some of those found may be offline.
  for (let limit = wanted + 100; ; limit *= 10) {
    const found = await find(limit)
    const some = online(found, presence)
    if (some.length > wanted || found.length < limit) return some
  }
}

/** Another replica may have just heard them, or let them join. */
function online<Node extends { id: NodeId; heard_at: string }>(nodes: readonly Node[], presence: Presence): Node[] {
  for (const { id, heard_at } of nodes) presence.remember(id, Date.parse(heard_at))
  return nodes.filter(({ id }) => presence.isOnline(id))
}

/** Longest waiting first; one that does not fit does not delay a smaller one. */
async function placeClusters(
  transaction: Transaction,
  waiting: readonly ClusterRecord[],
  presence: Presence,
  now: number,
): Promise<void> {
  for (const cluster of waiting) {
    const find = (limit: number) => transaction.nodes.free(cluster.cloud_id, limit)
    const placement = planPlacement(cluster.worker_count, await findOnline(cluster.worker_count, find, presence))
    if (!placement.fits) {
      await tellShortage(transaction, cluster, placement.needed, placement.free)
      continue
    }
    if (await isRefused(transaction, cluster, now)) continue
    await transaction.members.insert(
      placement.members.map(({ nodeId, role }) => ({
        cluster_id: cluster.id,
        generation: cluster.generation,
        node_id: nodeId,
        role,
        phase: 'assigned',
        steps: [],
        problem: null,
        warnings: [],
        last_lines: null,
        last_lines_at: null,
        assigned_at: iso(now),
        released_at: null,
      })),
    )
    await transaction.clusters.update(cluster.id, { state: 'StartingUp', problem: null, state_changed_at: iso(now) })
    transaction.announce('cluster', cluster.id)
    for (const { nodeId } of placement.members) {
      transaction.wake(nodeId)
      transaction.announce('node', nodeId)
    }
  }
}

/** No node is given a reference that is no longer granted, however long the start has waited (S13). */
async function isRefused(transaction: Transaction, cluster: ClusterRecord, now: number): Promise<boolean> {
  const build = await transaction.builds.byId(cluster.build_id)
  const refusal = build === null ? null : await lostGrant(transaction, build)
  if (refusal === null) return false
  await transaction.clusters.update(cluster.id, {
    state: 'StartupErrored',
    problem: refusal,
    state_changed_at: iso(now),
  })
  transaction.announce('cluster', cluster.id)
  return true
}

async function tellShortage(
  transaction: Transaction,
  cluster: ClusterRecord,
  needed: number,
  free: number,
): Promise<void> {
  const reported = problem('NOT_ENOUGH_NODES', { needed, count: free }).toReport()
  if (JSON.stringify(reported) === JSON.stringify(cluster.problem)) return
  await transaction.clusters.update(cluster.id, { problem: reported })
  transaction.announce('cluster', cluster.id)
}
