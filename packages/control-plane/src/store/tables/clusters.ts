/** Clusters. */
import type { Kysely } from 'kysely'
import { newestFirst, whereName } from '../query.ts'
import type { ClusterRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { ClusterTable } from '../store.ts'

const form = rowForm<ClusterRecord>({ json: ['problem'], flags: ['pin_digest', 'was_running'] })

export function clusterTable(db: Kysely<Tables>): ClusterTable {
  const all = db.selectFrom('clusters').selectAll()
  return {
    async insert(cluster) {
      await db.insertInto('clusters').values(form.toRow(cluster)).execute()
    },
    async byId(id) {
      const row = await all.where('id', '=', id).executeTakeFirst()
      return row === undefined ? null : form.fromRow(row)
    },
    async byName(name) {
      const row = await all.where('name', '=', name).executeTakeFirst()
      return row === undefined ? null : form.fromRow(row)
    },
    async byIds(ids) {
      if (ids.length === 0) return []
      const rows = await all.where('id', 'in', ids).execute()
      return rows.map(form.fromRow)
    },
    async update(id, change) {
      await db.updateTable('clusters').set(form.toRow(change)).where('id', '=', id).execute()
    },
    async list(filter, slice) {
      let query = all.where(whereName(filter))
      if (filter.within !== undefined) query = query.where('cloud_id', 'in', filter.within)
      if (filter.state !== undefined) query = query.where('state', '=', filter.state)
      const rows = await newestFirst(query, 'id', slice).execute()
      return rows.map(form.fromRow)
    },
    async inState(cloudId, state) {
      const rows = await all
        .where('cloud_id', '=', cloudId)
        .where('state', '=', state)
        .orderBy('state_changed_at')
        .execute()
      return rows.map(form.fromRow)
    },
  }
}
