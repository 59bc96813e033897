/** Clusters. */
import type { Kysely } from 'kysely'
import { countOf, inSlice, whereName } from '../query.ts'
import type { ClusterRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { ClusterFilter, ClusterTable } from '../store.ts'

const form = rowForm<ClusterRecord>({ json: ['problem'], flags: ['pin_digest', 'was_running'] })

export function clusterTable(db: Kysely<Tables>): ClusterTable {
  const all = db.selectFrom('clusters').selectAll()
  const matching = (filter: ClusterFilter) => {
    const { within, state, hasProblem } = filter
    let query = db.selectFrom('clusters').select('id').where(whereName(filter))
    if (within !== undefined) query = query.where('cloud_id', 'in', within)
    if (state !== undefined) query = query.where('state', '=', state)
    if (hasProblem !== undefined) query = query.where('problem', hasProblem ? 'is not' : 'is', null)
    return query
  }
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
      return form.all(inSlice(all, matching(filter), 'id', slice))
    },
    count: async (filter, limit) => countOf(db, matching(filter), limit),
    async remove(id) {
      await db.deleteFrom('cluster_members').where('cluster_id', '=', id).execute()
      await db.deleteFrom('clusters').where('id', '=', id).execute()
    },
    async inState(cloudId, state) {
      return form.all(all.where('cloud_id', '=', cloudId).where('state', '=', state).orderBy('state_changed_at'))
    },
  }
}
