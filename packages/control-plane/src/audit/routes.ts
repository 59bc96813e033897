/** /audit_events: what administrators did. Read-only: recording is declared by the recorded routes themselves. */
import { TokenId } from '@fairlead/contract/names'
import { AuditAct, AuditEvent, page, PageQuery } from '@fairlead/contract/wire'
import { tableFields } from '../http/list-query.ts'
import { pageOf } from '../http/paging.ts'
import { get, type Route } from '../http/route.ts'

const AuditQuery = PageQuery.extend({ act: AuditAct.optional(), token_id: TokenId.optional(), ...tableFields })

export function auditEventRoutes(): Route[] {
  return [
    get(
      {
        path: '/api/v1/audit_events',
        access: 'admin',
        summary: 'List what administrators did, newest first; kept forever',
        query: AuditQuery,
        status: 200,
        answer: page(AuditEvent),
      },
      ({ query }, reader) =>
        pageOf(query, {
          list: (slice) => reader.audit.list({ act: query.act, tokenId: query.token_id }, slice),
          count: (limit) => reader.audit.count({ act: query.act, tokenId: query.token_id }, limit),
          keyOf: (event) => event.id,
          show: (events) => events,
        }),
    ),
  ]
}
