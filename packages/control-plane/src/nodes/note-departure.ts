/** Records that a node went without an administrator: it left, or was forgotten. */
import { appendAudit } from '../audit/append.ts'
import { eventOf } from '../audit/event.ts'
import type { NodeRecord } from '../store/records.ts'
import type { Transaction } from '../store/store.ts'

export interface Departure {
  readonly act: 'node.leave' | 'node.forget'
  readonly now: number
  /** Null if there was no request. */
  readonly requestId: string | null
}

export async function noteDeparture(
  transaction: Transaction,
  node: NodeRecord,
  { act, now, requestId }: Departure,
): Promise<void> {
  const known = { request_id: requestId, resource_ids: [node.id], cloud_id: node.cloud_id }
  await appendAudit(transaction, eventOf(act, now, known))
}
