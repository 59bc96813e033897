/** Stores audit events, and notifies clients that show the list. */
import type { AuditEvent } from '@fairlead/contract/wire'
import type { Transaction } from '../store/store.ts'

export async function appendAudit(transaction: Transaction, event: AuditEvent): Promise<void> {
  await transaction.audit.insert(event)
  transaction.announce('audit', event.id)
}
