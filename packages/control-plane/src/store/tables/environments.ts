/** Cluster environments. */
import { sql, type Kysely, type SqlBool } from 'kysely'
import { amongKeys, apart, areFew, countIn, countOf, inSlice, keysIn, rangesOf, whereName } from '../query.ts'
import type { EnvironmentRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { EnvironmentFilter, EnvironmentTable, Slice } from '../store.ts'

/** Of a build in a query of environments. */
const isNewest = sql<SqlBool>`builds.cluster_environment_id = cluster_environments.id
  and builds.revision = cluster_environments.latest_revision`

const form = rowForm<EnvironmentRecord>({ json: [], flags: [] })

interface EnvironmentOptions {
  /** In this thread, so that a long read takes turns. */
  readonly readsHere: boolean
  /** Fewer than this are read at once. */
  readonly few?: number
  /** Fewer with such a name are found by their ids. */
  readonly fewNamed?: number
  readonly namesAtOnce?: number
}

export function environmentTable(
  db: Kysely<Tables>,
  { readsHere, few = 4000, fewNamed = 500, namesAtOnce = 25_000 }: EnvironmentOptions,
): EnvironmentTable {
  const all = db.selectFrom('cluster_environments').selectAll()
  const matching = (filter: EnvironmentFilter, { cloudsApart = false } = {}) => {
    const { cloudId, within, includeArchived } = filter
    let query = db.selectFrom('cluster_environments').select('id').where(whereName(filter))
    for (const clouds of [within, cloudId === undefined ? undefined : [cloudId]]) {
      if (clouds === undefined) continue
      const isMet = sql<SqlBool>`cloud_id in (${sql.join(clouds)})`
      query = query.where(cloudsApart ? apart(isMet) : isMet)
    }
    return includeArchived ? query : query.where('archived_at', 'is', null)
  }
  /** `isLong`: every name has to be read, in ranges. */
  const find = async (filter: EnvironmentFilter, { isSorted = false } = {}) => {
    const { cloudId, within, nameContains, buildStatus, advice } = filter
    const isOfClouds = cloudId !== undefined || within !== undefined
    const areOfFew = isOfClouds && (await areFew(db, matching({ cloudId, within, includeArchived: true }), few))
    const isLong = nameContains !== undefined && !areOfFew
    const hasBuilds = buildStatus !== undefined || advice !== undefined
    const found = matching(filter, { cloudsApart: !areOfFew && (isSorted || isLong || hasBuilds) })
    if (!hasBuilds) return { found, isLong }
    let builds = db.selectFrom('builds').select(['cluster_environment_id', 'revision'])
    if (buildStatus !== undefined) builds = builds.where('builds.status', '=', buildStatus)
    // A closed list of words, in JSON.
    if (advice !== undefined) {
      builds = builds.where('builds.advice', '<>', sql.lit('[]')).where('builds.advice', 'like', `%"${advice}"%`)
    }
    if (!(await areFew(db, builds, few))) {
      return { found: found.where((eb) => eb.exists(builds.where(isNewest))), isLong }
    }
    const newest = found.where((eb) =>
      eb(eb.refTuple('id', 'latest_revision'), 'in', builds.$asTuple('cluster_environment_id', 'revision')),
    )
    return { found: newest, isLong: false }
  }
  const names = (slice: Pick<Slice, 'before' | 'order'>) =>
    rangesOf(db.selectFrom('cluster_environments').select('id'), 'id', slice, readsHere ? namesAtOnce : null)
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
      const isSorted = slice.order?.by != null
      const { found, isLong } = await find(filter, { isSorted })
      if (!isLong) return form.all(inSlice(all, found, 'id', slice))
      if (!isSorted) {
        return form.all(amongKeys(all, await keysIn(names(slice), found, 'id', slice), 'id', slice))
      }
      const ids = await keysIn(names({ before: null }), found, 'id', { before: null, limit: fewNamed })
      const some = ids.length < fewNamed ? amongKeys(found, ids, 'id', slice).clearOrderBy() : found
      return form.all(inSlice(all, some, 'id', slice))
    },
    async count(filter, limit) {
      const { found, isLong } = await find(filter)
      return isLong ? countIn(db, names({ before: null }), found, 'id', limit) : countOf(db, found, limit)
    },
  }
}
