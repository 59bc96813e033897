/** Clouds. */
import type { CloudId } from '@fairlead/contract/names'
import type { Kysely } from 'kysely'
import { inSlice, whereName, type NameFilter, type Slice, type Within } from '../query.ts'
import type { CloudRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'

const form = rowForm<CloudRecord>({ json: ['kubernetes'], flags: ['allow_any_secret', 'prefetch'] })

export function cloudTable(db: Kysely<Tables>) {
  const all = db.selectFrom('clouds').selectAll().where('deleted_at', 'is', null)
  return {
    async insert(cloud: CloudRecord) {
      await db.insertInto('clouds').values(form.toRow(cloud)).execute()
    },
    async update(id: CloudId, change: Partial<CloudRecord>) {
      await db.updateTable('clouds').set(form.toRow(change)).where('id', '=', id).execute()
    },
    /** Nothing here finds it any more, and its name is free; what refers to it stays. */
    async remove(id: CloudId, at: string) {
      // Names are unique in the table, so that of a removed cloud becomes its id.
      await db.updateTable('clouds').set({ deleted_at: at, name: id }).where('id', '=', id).execute()
    },
    async byId(id: CloudId) {
      return form.first(all.where('id', '=', id))
    },
    async byName(name: string) {
      return form.first(all.where('name', '=', name))
    },
    async count() {
      const row = await db
        .selectFrom('clouds')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('deleted_at', 'is', null)
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
    async list(filter: NameFilter & Within, slice: Slice) {
      const named = all.where(whereName(filter))
      const query = filter.within === undefined ? named : named.where('id', 'in', filter.within)
      return form.all(inSlice(all, query, 'id', slice))
    },
  }
}
