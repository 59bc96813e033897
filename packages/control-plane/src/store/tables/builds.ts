/** Builds: immutable configurations, and the results of their checks. */
import type { Kysely } from 'kysely'
import { inParts, inSlice } from '../query.ts'
import type { BuildRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { BuildTable } from '../store.ts'
import { copyNewestBuild } from './environments.ts'

const form = rowForm<BuildRecord>({ json: ['env_vars', 'warnings', 'advice', 'steps', 'problem'], flags: ['prefetch'] })

export function buildTable(db: Kysely<Tables>): BuildTable {
  const all = db.selectFrom('builds').selectAll()
  return {
    async insert(build) {
      await db.insertInto('builds').values(form.toRow(build)).execute()
      await copyNewestBuild(db, build.cluster_environment_id)
    },
    async byId(id) {
      return form.first(all.where('id', '=', id))
    },
    async identifiers(ids) {
      if (ids.length === 0) return []
      return db
        .selectFrom('builds')
        .innerJoin('cluster_environments', 'cluster_environments.id', 'builds.cluster_environment_id')
        .select(['builds.id', 'builds.cloud_id', 'revision'])
        .select(['cluster_environments.id as environment_id', 'name as environment_name'])
        .where('builds.id', 'in', ids)
        .execute()
    },
    async byRevision(environmentId, revision) {
      if (!Number.isSafeInteger(revision)) return null
      return form.first(all.where('cluster_environment_id', '=', environmentId).where('revision', '=', revision))
    },
    async latestOf(environmentIds) {
      if (environmentIds.length === 0) return []
      return form.all(
        db
          .selectFrom('builds')
          .innerJoin('cluster_environments', (join) =>
            join
              .onRef('cluster_environments.id', '=', 'builds.cluster_environment_id')
              .onRef('cluster_environments.latest_revision', '=', 'builds.revision'),
          )
          .selectAll('builds')
          .where('cluster_environments.id', 'in', environmentIds),
      )
    },
    async update(id, change) {
      const changed = await db
        .updateTable('builds')
        .set(form.toRow(change))
        .where('id', '=', id)
        .returning('cluster_environment_id')
        .executeTakeFirst()
      const isCopied = change.status !== undefined || change.advice !== undefined
      if (isCopied && changed !== undefined) await copyNewestBuild(db, changed.cluster_environment_id)
    },
    async list(environmentId, slice, only) {
      let query = db.selectFrom('builds').select('id')
      if (environmentId !== null) query = query.where('cluster_environment_id', '=', environmentId)
      if (only?.within !== undefined) query = query.where('cloud_id', 'in', only.within)
      return form.all(inSlice(all, query, 'id', slice))
    },
    async inUse(environmentId) {
      return form.all(
        all
          .where('cluster_environment_id', '=', environmentId)
          .where((eb) =>
            eb.exists(
              eb
                .selectFrom('clusters')
                .select('clusters.id')
                .whereRef('clusters.build_id', '=', 'builds.id')
                .where('clusters.state', '<>', 'Terminated'),
            ),
          )
          .orderBy('revision'),
      )
    },
    async undecided(cloudId) {
      return form.all(
        all.where('cloud_id', '=', cloudId).where('status', 'in', ['pending', 'in_progress']).orderBy('id').limit(1000),
      )
    },
    async toPrefetch(cloudId, limit) {
      return form.all(
        all
          .where('cloud_id', '=', cloudId)
          .where('prefetch', '=', 1)
          .where('status', '=', 'succeeded')
          .where('digest', 'is not', null)
          .orderBy('id', 'desc')
          .limit(limit),
      )
    },
    async endPrefetch(environmentId, before) {
      let query = db.updateTable('builds').set({ prefetch: 0 }).where('cluster_environment_id', '=', environmentId)
      if (before !== null) query = query.where('revision', '<', before)
      await query.where('prefetch', '=', 1).execute()
    },
    async leasedTo(nodeIds) {
      const found: BuildRecord[] = []
      for (const ids of inParts(nodeIds)) {
        found.push(...(await form.all(all.where('lease_node_id', 'in', ids).orderBy('id'))))
      }
      return found
    },
  }
}
