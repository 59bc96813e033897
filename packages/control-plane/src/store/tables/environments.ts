/** Cluster environments. */
import type { Kysely } from 'kysely'
import { countOf, inSlice, whereName } from '../query.ts'
import type { EnvironmentRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { EnvironmentFilter, EnvironmentTable } from '../store.ts'

const form = rowForm<EnvironmentRecord>({ json: [], flags: [] })

export function environmentTable(db: Kysely<Tables>): EnvironmentTable {
  const all = db.selectFrom('cluster_environments').selectAll()
  const matching = (filter: EnvironmentFilter) => {
    const { cloudId, within, includeArchived, buildStatus, advice } = filter
    let query = all.where(whereName(filter))
    if (cloudId !== undefined) query = query.where('cloud_id', '=', cloudId)
    if (within !== undefined) query = query.where('cloud_id', 'in', within)
    if (!includeArchived) query = query.where('archived_at', 'is', null)
    if (buildStatus === undefined && advice === undefined) return query
    return query.where((eb) => {
      let newest = eb
        .selectFrom('builds')
        .select('builds.id')
        .whereRef('builds.cluster_environment_id', '=', 'cluster_environments.id')
        .whereRef('builds.revision', '=', 'cluster_environments.latest_revision')
      if (buildStatus !== undefined) newest = newest.where('builds.status', '=', buildStatus)
      // A closed list of words, in JSON.
      if (advice !== undefined) newest = newest.where('builds.advice', 'like', `%"${advice}"%`)
      return eb.exists(newest)
    })
  }
  return {
    async insert(environment) {
      await db.insertInto('cluster_environments').values(form.toRow(environment)).execute()
    },
    async byId(id) {
      return form.first(all.where('id', '=', id))
    },
    async byName(name) {
      return form.first(all.where('name', '=', name))
    },
    async update(id, change) {
      await db.updateTable('cluster_environments').set(form.toRow(change)).where('id', '=', id).execute()
    },
    async list(filter, slice) {
      return form.all(inSlice(matching(filter), 'id', slice))
    },
    count: async (filter, limit) => countOf(db, matching(filter), limit),
  }
}
