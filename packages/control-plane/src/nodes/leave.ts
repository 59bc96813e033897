/** A node announces that it leaves. Refused while a cluster needs it: the cluster would fail, whereas it survives a node that is merely lost. */
import { type NodeId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { appendAudit } from '../audit/append.ts'
import { eventOf } from '../audit/event.ts'
import type { Transaction } from '../store/store.ts'
import type { Presence } from './presence.ts'
import { revokeNode } from './revoke.ts'
import type { Schedule } from '../schedule.ts'

export interface LeaveParts {
  readonly presence: Presence
  readonly schedule: Schedule
  readonly now: number
  readonly requestId: string
}

/** Throws NODE_HOLDS_CLUSTER. */
export async function leaveNode(transaction: Transaction, nodeId: NodeId, parts: LeaveParts): Promise<void> {
  const { presence, schedule, now, requestId } = parts
  const node = await transaction.nodes.byId(nodeId)
  if (node === null || node.revoked_at !== null) return
  const held = await transaction.members.holding(nodeId)
  if (held !== null) {
    const cluster = await transaction.clusters.byId(held.cluster_id)
    throw problem('NODE_HOLDS_CLUSTER', { name: cluster?.name ?? held.cluster_id })
  }
  await revokeNode(transaction, node, 'left', presence, now)
  const known = { request_id: requestId, resource_ids: [nodeId], cloud_id: node.cloud_id }
  await appendAudit(transaction, eventOf('node.leave', now, known))
  await schedule(transaction, node.cloud_id)
}
