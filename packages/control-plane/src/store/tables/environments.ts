/** Cluster environments. */
import type { Kysely } from 'kysely'
import { newestFirst, whereName } from '../query.ts'
import type { EnvironmentRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { EnvironmentTable } from '../store.ts'

const form = rowForm<EnvironmentRecord>({ json: [], flags: [] })

export function environmentTable(db: Kysely<Tables>): EnvironmentTable {
  const all = db.selectFrom('cluster_environments').selectAll()
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
      let query = all.where(whereName(filter))
      if (filter.cloudId !== undefined) query = query.where('cloud_id', '=', filter.cloudId)
      if (filter.within !== undefined) query = query.where('cloud_id', 'in', filter.within)
      if (!filter.includeArchived) query = query.where('archived_at', 'is', null)
      return form.all(newestFirst(query, 'id', slice))
    },
  }
}
