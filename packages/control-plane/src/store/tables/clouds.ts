/** Clouds. */
import type { Kysely } from 'kysely'
import { newestFirst, whereName } from '../query.ts'
import type { CloudRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { CloudTable } from '../store.ts'

const form = rowForm<CloudRecord>({ json: [], flags: ['allow_any_secret'] })

export function cloudTable(db: Kysely<Tables>): CloudTable {
  const all = db.selectFrom('clouds').selectAll()
  return {
    async insert(cloud) {
      await db.insertInto('clouds').values(form.toRow(cloud)).execute()
    },
    async update(id, change) {
      await db.updateTable('clouds').set(form.toRow(change)).where('id', '=', id).execute()
    },
    async byId(id) {
      const row = await all.where('id', '=', id).executeTakeFirst()
      return row === undefined ? null : form.fromRow(row)
    },
    async byName(name) {
      const row = await all.where('name', '=', name).executeTakeFirst()
      return row === undefined ? null : form.fromRow(row)
    },
    async count() {
      const row = await db
        .selectFrom('clouds')
        .select((eb) => eb.fn.countAll().as('count'))
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
    async list(filter, slice) {
      const named = all.where(whereName(filter))
      const query = filter.within === undefined ? named : named.where('id', 'in', filter.within)
      const rows = await newestFirst(query, 'id', slice).execute()
      return rows.map(form.fromRow)
    },
  }
}
