/** Events: which resource changed, in the order of the commits. */
import type { Kysely } from 'kysely'
import type { EventRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { EventTable } from '../store.ts'

const form = rowForm<EventRecord>({ json: [], flags: [] })

export function eventTable(db: Kysely<Tables>): EventTable {
  return {
    async after(sequence, limit) {
      const rows = await db
        .selectFrom('events')
        .selectAll()
        .where('sequence', '>', sequence)
        .orderBy('sequence')
        .limit(limit)
        .execute()
      return rows.map(form.fromRow)
    },
    async last() {
      const row = await db
        .selectFrom('events')
        .select((eb) => eb.fn.max('sequence').as('sequence'))
        .executeTakeFirstOrThrow()
      return row.sequence ?? 0
    },
    async removeBefore(at) {
      await db.deleteFrom('events').where('at', '<', at).execute()
    },
  }
}
