/** What administrators did: appended, never changed, never removed. */
import type { TokenId } from '@fairlead/contract/names'
import type { AuditAct } from '@fairlead/contract/wire'
import type { Kysely } from 'kysely'
import { countOf, inSlice, type Slice, type Within } from '../query.ts'
import type { AuditRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'

const form = rowForm<AuditRecord>({ json: ['resource_ids', 'identity'], flags: [] })

interface AuditFilter extends Within {
  readonly act?: AuditAct | undefined
  readonly tokenId?: TokenId | undefined
}

export function auditTable(db: Kysely<Tables>) {
  const matching = ({ within, act, tokenId }: AuditFilter) => {
    let query = db.selectFrom('audit_events').select('id')
    if (within !== undefined) query = query.where('cloud_id', 'in', within)
    if (act !== undefined) query = query.where('act', '=', act)
    if (tokenId !== undefined) query = query.where('token_id', '=', tokenId)
    return query
  }
  return {
    async insert(event: AuditRecord) {
      await db.insertInto('audit_events').values(form.toRow(event)).execute()
    },
    async list(filter: AuditFilter, slice: Slice) {
      return form.all(inSlice(db.selectFrom('audit_events').selectAll(), matching(filter), 'id', slice))
    },
    count: async (filter: AuditFilter, limit: number) => countOf(db, matching(filter), limit),
  }
}
