/** Records that a node went without an administrator: it left, or was forgotten. */
import { newId } from '@fairlead/contract/names'
import { iso } from '../clock.ts'
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
  const id = newId('aud', now)
  await transaction.audit.insert({
    id,
    at: iso(now),
    request_id: requestId,
    token_id: null,
    token_name: null,
    identity: null,
    role: null,
    act,
    resource_ids: [node.id],
    cloud_id: node.cloud_id,
    outcome: 'done',
  })
  transaction.announce('audit', id)
}
