/** Builds: immutable configurations, and the results of their checks. */
import type { BuildId, CloudId, ClusterEnvironmentId, NodeId } from '@fairlead/contract/names'
import type { Kysely } from 'kysely'
import { forParts, inSlice, type Slice, type Within } from '../query.ts'
import type { BuildRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import { copyNewestBuild } from './environments.ts'

const form = rowForm<BuildRecord>({ json: ['env_vars', 'warnings', 'advice', 'steps', 'problem'], flags: ['prefetch'] })

/** `NAME:REVISION` of a build. */
export interface BuildIdentifier {
  id: BuildId
  cloud_id: CloudId
  revision: number
  environment_id: ClusterEnvironmentId
  environment_name: string
}

export function buildTable(db: Kysely<Tables>) {
  const all = db.selectFrom('builds').selectAll()
  return {
    async insert(build: BuildRecord) {
      await db.insertInto('builds').values(form.toRow(build)).execute()
      await copyNewestBuild(db, build.cluster_environment_id)
    },
    async byId(id: BuildId) {
      return form.first(all.where('id', '=', id))
    },
    async identifiers(ids: readonly BuildId[]): Promise<BuildIdentifier[]> {
      if (ids.length === 0) return []
      return db
        .selectFrom('builds')
        .innerJoin('cluster_environments', 'cluster_environments.id', 'builds.cluster_environment_id')
        .select(['builds.id', 'builds.cloud_id', 'revision'])
        .select(['cluster_environments.id as environment_id', 'name as environment_name'])
        .where('builds.id', 'in', ids)
        .execute()
    },
    async byRevision(environmentId: ClusterEnvironmentId, revision: number) {
      if (!Number.isSafeInteger(revision)) return null
      return form.first(all.where('cluster_environment_id', '=', environmentId).where('revision', '=', revision))
    },
    async latestOf(environmentIds: readonly ClusterEnvironmentId[]) {
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
    async update(id: BuildId, change: Partial<BuildRecord>) {
      const changed = await db
        .updateTable('builds')
        .set(form.toRow(change))
        .where('id', '=', id)
        .returning('cluster_environment_id')
        .executeTakeFirst()
      const isCopied = change.status !== undefined || change.advice !== undefined
      if (isCopied && changed !== undefined) await copyNewestBuild(db, changed.cluster_environment_id)
    },
    async list(environmentId: ClusterEnvironmentId | null, slice: Slice, only?: Within) {
      let query = db.selectFrom('builds').select('id')
      if (environmentId !== null) query = query.where('cluster_environment_id', '=', environmentId)
      if (only?.within !== undefined) query = query.where('cloud_id', 'in', only.within)
      return form.all(inSlice(all, query, 'id', slice))
    },
    /** Those of an environment that clusters have which are not terminated. */
    async inUse(environmentId: ClusterEnvironmentId) {
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
    /** Undecided builds of a cloud, oldest first. */
    async undecided(cloudId: CloudId) {
      return form.all(
        all.where('cloud_id', '=', cloudId).where('status', 'in', ['pending', 'in_progress']).orderBy('id').limit(1000),
      )
    },
    /** Checked builds of a cloud whose images idle nodes bring, newest first. */
    async toPrefetch(cloudId: CloudId, limit: number) {
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
    /** Of the revisions before that one; null: of all. */
    async endPrefetch(environmentId: ClusterEnvironmentId, before: number | null) {
      let query = db.updateTable('builds').set({ prefetch: 0 }).where('cluster_environment_id', '=', environmentId)
      if (before !== null) query = query.where('revision', '<', before)
      await query.where('prefetch', '=', 1).execute()
    },
    /** By the oldest. */
    async leasedTo(nodeIds: readonly NodeId[]) {
      return forParts(nodeIds, (ids) => form.all(all.where('lease_node_id', 'in', ids).orderBy('id')))
    },
  }
}
