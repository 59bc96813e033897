/** What administrators did: appended, never changed, never removed. */
import type { Kysely } from 'kysely'
import { countOf, inSlice } from '../query.ts'
import type { AuditRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { AuditFilter, AuditTable } from '../store.ts'

const form = rowForm<AuditRecord>({ json: ['resource_ids', 'identity'], flags: [] })

export function auditTable(db: Kysely<Tables>): AuditTable {
  const matching = ({ within, act, tokenId }: AuditFilter) => {
    let query = db.selectFrom('audit_events').select('id')
    if (within !== undefined) query = query.where('cloud_id', 'in', within)
    if (act !== undefined) query = query.where('act', '=', act)
    if (tokenId !== undefined) query = query.where('token_id', '=', tokenId)
    return query
  }
  return {
    async insert(event) {
      await db.insertInto('audit_events').values(form.toRow(event)).execute()
    },
    async list(filter, slice) {
      return form.all(inSlice(db.selectFrom('audit_events').selectAll(), matching(filter), 'id', slice))
    },
    count: async (filter, limit) => countOf(db, matching(filter), limit),
  }
}
