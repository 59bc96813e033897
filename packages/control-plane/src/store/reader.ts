/** All that can be asked of a database, the same for every one: a table each, and a few questions about several. */
import type { CloudId } from '@fairlead/contract/names'
import { BuildStatus } from '@fairlead/contract/wire'
import type { ExpressionBuilder, Kysely } from 'kysely'
import type { Tables } from './row.ts'
import { apiTokenTable } from './tables/api-tokens.ts'
import { auditTable } from './tables/audit.ts'
import { buildTable } from './tables/builds.ts'
import { cloudTable } from './tables/clouds.ts'
import { challengeTable } from './tables/challenges.ts'
import { clusterTable } from './tables/clusters.ts'
import { environmentTable } from './tables/environments.ts'
import { eventTable } from './tables/events.ts'
import { grantTable } from './tables/grants.ts'
import { idempotencyTable } from './tables/idempotency.ts'
import { joinTokenTable } from './tables/join-tokens.ts'
import { memberTable } from './tables/members.ts'
import { nodeTable } from './tables/nodes.ts'
import { pullCheckpointTable } from './tables/pull-checkpoints.ts'
import { pullTable } from './tables/pulls.ts'
import { sessionTable } from './tables/sessions.ts'

export type NamedKind = 'cloud' | 'environment' | 'cluster' | 'api_token'

/** `readsHere`: in this thread, so that a long read takes turns. */
export function readerOver(db: Kysely<Tables>, readsHere: boolean) {
  return {
    clouds: cloudTable(db),
    grants: grantTable(db),
    environments: environmentTable(db, { readsHere }),
    builds: buildTable(db),
    clusters: clusterTable(db),
    members: memberTable(db),
    nodes: nodeTable(db),
    sessions: sessionTable(db),
    joinTokens: joinTokenTable(db),
    challenges: challengeTable(db),
    apiTokens: apiTokenTable(db),
    pulls: pullTable(db, { readsHere }),
    pullCheckpoints: pullCheckpointTable(db),
    idempotency: idempotencyTable(db),
    events: eventTable(db),
    audit: auditTable(db),
    /** Across all clouds, since names are unique: a caller that may create something of that kind learns whether its name is free. */
    async nameTaken(kind: NamedKind, name: string) {
      const tables = { cloud: 'clouds', environment: 'cluster_environments', cluster: 'clusters' } as const
      if (kind === 'api_token') return (await apiTokenTable(db).liveByName(name)) !== null
      const row = await db.selectFrom(tables[kind]).select('id').where('name', '=', name).executeTakeFirst()
      return row !== undefined
    },
    /** Whether the cloud with that id, if it exists, is within this view; others are treated as nonexistent. */
    mayReach: (_cloudId: CloudId) => true,
    /** Clouds with a build waiting for an unassigned check, or with a cluster waiting for nodes. */
    async cloudsWithWork(now: string) {
      const rows = await db
        .selectFrom('clouds')
        .select('id')
        .where('deleted_at', 'is', null)
        .where((eb) =>
          eb.or([
            eb.exists(
              eb
                .selectFrom('builds')
                .select('builds.id')
                .whereRef('builds.cloud_id', '=', 'clouds.id')
                .where('builds.status', 'in', ['pending', 'in_progress'])
                .where((build) =>
                  build.or([build('lease_expires_at', 'is', null), build('lease_expires_at', '<=', now)]),
                ),
            ),
            eb.exists(
              eb
                .selectFrom('clusters')
                .select('clusters.id')
                .whereRef('clusters.cloud_id', '=', 'clouds.id')
                .where('clusters.state', '=', 'AwaitingStartup'),
            ),
          ]),
        )
        .execute()
      return rows.map((row) => row.id)
    },
    async counts(): Promise<{ clusters: Record<string, number>; builds: Record<string, number> }> {
      const all = (eb: ExpressionBuilder<Tables, keyof Tables>) => eb.fn.countAll().as('count')
      const rarer = BuildStatus.options.filter((status) => status !== 'succeeded')
      const [states, { count }, others] = await Promise.all([
        db.selectFrom('clusters').select(['state', all]).groupBy('state').execute(),
        // Nearly all builds succeeded, and SQLite counts a whole table by its pages.
        db.selectFrom('builds').select(all).executeTakeFirstOrThrow(),
        db.selectFrom('builds').select(['status', all]).where('status', 'in', rarer).groupBy('status').execute(),
      ])
      const succeeded = others.reduce((rest, other) => rest - Number(other.count), Number(count))
      const builds = [...others, ...(succeeded > 0 ? [{ status: 'succeeded', count: succeeded }] : [])]
      return {
        clusters: Object.fromEntries(states.map(({ state, count }) => [state, Number(count)])),
        builds: Object.fromEntries(builds.map(({ status, count }) => [status, Number(count)])),
      }
    },
  }
}
