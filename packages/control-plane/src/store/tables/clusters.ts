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
      return form.first(all.where('id', '=', id))
    },
    async byName(name) {
      return form.first(all.where('name', '=', name))
    },
    async byIds(ids) {
      if (ids.length === 0) return []
      return form.all(all.where('id', 'in', ids))
    },
    async update(id, change) {
      await db.updateTable('clusters').set(form.toRow(change)).where('id', '=', id).execute()
    },
    async list(filter, slice) {
      let query = all.where(whereName(filter))
      if (filter.within !== undefined) query = query.where('cloud_id', 'in', filter.within)
      if (filter.state !== undefined) query = query.where('state', '=', filter.state)
      return form.all(newestFirst(query, 'id', slice))
    },
    async inState(cloudId, state) {
      return form.all(all.where('cloud_id', '=', cloudId).where('state', '=', state).orderBy('state_changed_at'))
    },
  }
}
