/** Cluster environments. */
import type { CloudId } from '@fairlead/contract/names'
import { sql, type Kysely, type SqlBool } from 'kysely'
import { areFew, countOf, inSlice, whereName } from '../query.ts'
import type { EnvironmentRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { EnvironmentFilter, EnvironmentTable } from '../store.ts'

/** Of a build in a query of environments. */
const isNewest = sql<SqlBool>`builds.cluster_environment_id = cluster_environments.id
  and builds.revision = cluster_environments.latest_revision`

const form = rowForm<EnvironmentRecord>({ json: [], flags: [] })

export function environmentTable(db: Kysely<Tables>, fewBuilds = 4000): EnvironmentTable {
  const all = db.selectFrom('cluster_environments').selectAll()
  /** `apart`: no index is to find those of the clouds, which are looked at on the way through an order. */
  const matching = (filter: EnvironmentFilter, { apart = false } = {}) => {
    const cloud = apart ? sql<CloudId>`cloud_id || ''` : sql.ref<CloudId>('cloud_id')
    const { cloudId, within, includeArchived } = filter
    let query = db.selectFrom('cluster_environments').select('id').where(whereName(filter))
    if (cloudId !== undefined) query = query.where(cloud, '=', cloudId)
    if (within !== undefined) query = query.where(cloud, 'in', within)
    return includeArchived ? query : query.where('archived_at', 'is', null)
  }
  /** `matching`, by their newest builds too. */
  const found = async (filter: EnvironmentFilter) => {
    const { buildStatus, advice } = filter
    const environments = matching(filter)
    if (buildStatus === undefined && advice === undefined) return environments
    let builds = db.selectFrom('builds').select(['cluster_environment_id', 'revision'])
    if (buildStatus !== undefined) builds = builds.where('builds.status', '=', buildStatus)
    // A closed list of words, in JSON.
    if (advice !== undefined) {
      builds = builds.where('builds.advice', '<>', sql.lit('[]')).where('builds.advice', 'like', `%"${advice}"%`)
    }
    if (await areFew(db, builds, fewBuilds)) {
      return environments.where((eb) =>
        eb(eb.refTuple('id', 'latest_revision'), 'in', builds.$asTuple('cluster_environment_id', 'revision')),
      )
    }
    return matching(filter, { apart: true }).where((eb) => eb.exists(builds.where(isNewest)))
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
      return form.all(inSlice(all, await found(filter), 'id', slice))
    },
    count: async (filter, limit) => countOf(db, await found(filter), limit),
  }
}
