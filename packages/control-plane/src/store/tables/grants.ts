/** Grants: which references are allowed in a cloud. */
import type { Kysely } from 'kysely'
import { inSlice } from '../query.ts'
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
      return form.all(all.where('cloud_id', '=', cloudId))
    },
    async list(cloudId, slice) {
      return form.all(inSlice(all, all.where('cloud_id', '=', cloudId), 'id', slice))
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
