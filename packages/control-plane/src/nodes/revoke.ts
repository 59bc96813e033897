/** A revoked node no longer counts as one: its sessions end, its key is rejected, and clusters no longer depend on it. */
import type { NodeId } from '@fairlead/contract/names'
import type { NodeEnd } from '@fairlead/contract/wire'
import { iso } from '../clock.ts'
import type { NodeRecord } from '../store/records.ts'
import type { Transaction } from '../store/store.ts'
import { rejudge } from '../clusters/rejudge.ts'
import type { Presence } from './presence.ts'

export async function revokeNode(
  transaction: Transaction,
  node: NodeRecord,
  because: NodeEnd,
  presence: Presence,
  now: number,
): Promise<NodeRecord> {
  if (node.revoked_at !== null) return node
  const end = { revoked_at: iso(now), revoked_because: because }
  await transaction.nodes.update(node.id, end)
  await transaction.sessions.removeOf(node.id)
  await dropLeases(transaction, node.id)
  const member = await transaction.members.holding(node.id)
  if (member !== null) {
    await rejudge(transaction, member.cluster_id, presence, now)
    await transaction.members.update([{ member, change: { released_at: iso(now), phase: 'stopped' } }])
  }
  transaction.announce('node', node.id)
  transaction.cutOff(node.id)
  transaction.wake(node.id)
  return { ...node, ...end }
}

async function dropLeases(transaction: Transaction, nodeId: NodeId): Promise<void> {
  for (const build of await transaction.builds.leasedTo([nodeId])) {
    await transaction.builds.update(build.id, { status: 'pending', lease_node_id: null, lease_expires_at: null })
    transaction.announce('build', build.id)
  }
}
