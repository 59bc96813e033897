/** Administrators' actions, newest first; each action records itself. */
import { AuditEvent, page, type AuditAct } from '@fairlead/contract/wire'
import { pagesOf, type Pages, type TableQuery } from './pages.ts'
import type { CallOptions, Transport } from './transport.ts'

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
    return pagesOf(this.#transport, '/audit_events', { ...query }, page(AuditEvent), options)
  }
}
