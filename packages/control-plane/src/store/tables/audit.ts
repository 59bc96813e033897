/** What administrators did: appended, never changed, never removed. */
import type { Kysely } from 'kysely'
import { newestFirst } from '../query.ts'
import type { AuditRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { AuditTable } from '../store.ts'

const form = rowForm<AuditRecord>({ json: ['resource_ids'], flags: [] })

export function auditTable(db: Kysely<Tables>): AuditTable {
  return {
    async insert(event) {
      await db.insertInto('audit_events').values(form.toRow(event)).execute()
    },
    async list(filter, slice) {
      let query = db.selectFrom('audit_events').selectAll()
      if (filter.within !== undefined) query = query.where('cloud_id', 'in', filter.within)
      if (filter.act !== undefined) query = query.where('act', '=', filter.act)
      if (filter.tokenId !== undefined) query = query.where('token_id', '=', filter.tokenId)
      return form.all(newestFirst(query, 'id', slice))
    },
  }
}
