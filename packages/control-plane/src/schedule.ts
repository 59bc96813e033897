/** Gives waiting work to nodes: checks to lease, clusters to place. Called in any transaction that may have made that possible. */
import { type CloudId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { iso, type Clock } from './clock.ts'
import type { ClusterRecord, NodeRecord } from './store/records.ts'
import type { Transaction } from './store/store.ts'
import { leaseChecks } from './builds/checks.ts'
import { leaseOf } from './nodes/desired-state.ts'
import { lostGrant } from './clouds/grant-check.ts'
import { isLeased } from './builds/plan-checks.ts'
import { planPlacement, type PlaceableNode } from './clusters/plan-placement.ts'
import type { Presence } from './nodes/presence.ts'

export type Schedule = (transaction: Transaction, cloudId: CloudId) => Promise<void>

export function createSchedule({ clock, presence }: { clock: Clock; presence: Presence }): Schedule {
  return async (transaction, cloudId) => {
    const now = clock()
    const undecided = await transaction.builds.undecided(cloudId)
    const unleased = undecided.filter((build) => !isLeased(leaseOf(build), now) || !isHolderOnline(presence, build))
    const waiting = await transaction.clusters.inState(cloudId, 'AwaitingStartup')
    if (unleased.length === 0 && waiting.length === 0) return

    const nodes = await transaction.nodes.ofCloud(cloudId)
    // Another replica may have just heard them, or let them join.
    for (const node of nodes) presence.remember(node.id, Date.parse(node.last_heard_at ?? node.joined_at))
    const online = nodes.filter((node) => node.facts !== null && presence.isOnline(node.id))
    if (unleased.length > 0) await leaseChecks(transaction, undecided, online, now)
    if (waiting.length > 0) await placeClusters(transaction, waiting, nodes, presence, now)
  }
}

function isHolderOnline(presence: Presence, build: { lease_node_id: NodeRecord['id'] | null }): boolean {
  return build.lease_node_id !== null && presence.isOnline(build.lease_node_id)
}

/** Longest waiting first; one that does not fit does not delay a smaller one. */
async function placeClusters(
  transaction: Transaction,
  waiting: readonly ClusterRecord[],
  nodes: readonly NodeRecord[],
  presence: Presence,
  now: number,
): Promise<void> {
  const busy = new Set((await transaction.members.holdingIn(nodes.map((node) => node.id))).map((held) => held.node_id))
  for (const cluster of waiting) {
    const placeable = nodes.map((node): PlaceableNode => asPlaceable(node, presence, busy.has(node.id)))
    const placement = planPlacement(cluster.worker_count, placeable)
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
      busy.add(nodeId)
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

function asPlaceable(node: NodeRecord, presence: Presence, busy: boolean): PlaceableNode {
  return {
    id: node.id,
    checker: node.checker,
    online: presence.isOnline(node.id),
    hasEngine: node.facts !== null && node.facts.engine_version !== null,
    memoryBytes: node.facts?.memory_bytes ?? 0,
    busy,
  }
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
