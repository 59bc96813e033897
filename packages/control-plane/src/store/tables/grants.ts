/** Grants: which references may be named in a cloud. */
import type { Kysely } from 'kysely'
import { newestFirst } from '../query.ts'
import type { GrantRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { GrantTable } from '../store.ts'

const form = rowForm<GrantRecord>({ json: ['registries'], flags: [] })

export function grantTable(db: Kysely<Tables>): GrantTable {
  const all = db.selectFrom('grants').selectAll()
  return {
    async insert(grant) {
      await db.insertInto('grants').values(form.toRow(grant)).execute()
    },
    async ofCloud(cloudId) {
      const rows = await all.where('cloud_id', '=', cloudId).execute()
      return rows.map(form.fromRow)
    },
    async list(cloudId, slice) {
      const rows = await newestFirst(all.where('cloud_id', '=', cloudId), 'id', slice).execute()
      return rows.map(form.fromRow)
    },
    async remove(cloudId, id) {
      const result = await db
        .deleteFrom('grants')
        .where('cloud_id', '=', cloudId)
        .where('id', '=', id)
        .executeTakeFirst()
      return result.numDeletedRows === 1n
    },
  }
}
