/** Administrators' actions, newest first; each action records itself. */
import type { AuditAct, AuditEvent } from '@fairlead/contract/wire'
import { page } from './answer.ts'
import { pagesOf, type Pages, type TableQuery } from './pages.ts'
import type { CallOptions, Transport } from './transport.ts'

const auditEvent = async () => (await import('@fairlead/contract/wire/audit-event')).AuditEvent

export interface AuditQuery extends TableQuery {
  readonly act?: AuditAct | undefined
  readonly token_id?: string | undefined
}

export class AuditCalls {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** What administrators did, and which requests were refused. */
  list(query: AuditQuery = {}, options?: CallOptions): Pages<AuditEvent> {
    return pagesOf(this.#transport, '/audit_events', { ...query }, page(auditEvent), options)
  }
}
