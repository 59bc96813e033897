/** Grants: which references are allowed in a cloud. */
import type { CloudId, GrantId } from '@fairlead/contract/names'
import type { Kysely } from 'kysely'
import { inSlice, type Slice } from '../query.ts'
import type { GrantRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'

const form = rowForm<GrantRecord>({ json: ['registries'], flags: [] })

export function grantTable(db: Kysely<Tables>) {
  const all = db.selectFrom('grants').selectAll()
  return {
    async insert(grant: GrantRecord) {
      await db.insertInto('grants').values(form.toRow(grant)).execute()
    },
    async ofCloud(cloudId: CloudId) {
      return form.all(all.where('cloud_id', '=', cloudId))
    },
    async list(cloudId: CloudId, slice: Slice) {
      return form.all(inSlice(all, all.where('cloud_id', '=', cloudId), 'id', slice))
    },
    /** False if there was none. */
    async remove(cloudId: CloudId, id: GrantId) {
      const result = await db
        .deleteFrom('grants')
        .where('cloud_id', '=', cloudId)
        .where('id', '=', id)
        .executeTakeFirst()
      return result.numDeletedRows === 1n
    },
  }
}
