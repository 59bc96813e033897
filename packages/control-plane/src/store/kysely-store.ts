/** The store over Kysely, the same for every database: transactions, the events they announce, and notifications after the commit. */
import { type NodeId } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import { BuildStatus } from '@fairlead/contract/wire'
import type { ExpressionBuilder, Kysely } from 'kysely'
import { atOnce } from './at-once.ts'
import type { EventRecord } from './records.ts'
import type { Tables } from './row.ts'
import type { Committed, Peers, Reader, Store, Transaction } from './store.ts'
import { apiTokenTable } from './tables/api-tokens.ts'
import { auditTable } from './tables/audit.ts'
import { buildTable } from './tables/builds.ts'
import { cloudTable } from './tables/clouds.ts'
import { challengeTable } from './tables/challenges.ts'
import { clusterTable } from './tables/clusters.ts'
import { environmentTable } from './tables/environments.ts'
import { eventTable, insertEvents } from './tables/events.ts'
import { grantTable } from './tables/grants.ts'
import { idempotencyTable } from './tables/idempotency.ts'
import { joinTokenTable } from './tables/join-tokens.ts'
import { memberTable } from './tables/members.ts'
import { nodeTable } from './tables/nodes.ts'
import { pullCheckpointTable } from './tables/pull-checkpoints.ts'
import { pullTable } from './tables/pulls.ts'
import { sessionTable } from './tables/sessions.ts'

/** Additions for a database that other processes write to. */
export interface Sharing {
  readonly peers: Peers
  /** Runs this process's writes one after another. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>
  /** First in each write: waits for the writes of other processes. */
  takeTurn(db: Kysely<Tables>): Promise<void>
  /** Last in each write: what others learn once it is committed. */
  tell(db: Kysely<Tables>, committed: Committed): Promise<void>
  onCommitted(listener: (committed: Committed) => void): void
  onGap(listener: () => void): void
}

export function openKyselyStore(db: Kysely<Tables>, close: () => Promise<void>, sharing: Sharing | null = null): Store {
  const listeners: ((committed: Committed) => void)[] = []
  // A database with other processes is one itself.
  const readsHere = sharing === null
  const inTurn = sharing === null ? <Result>(work: () => Promise<Result>) => work() : sharing.inTurn.bind(sharing)
  const tellListeners = (committed: Committed) => {
    for (const listener of listeners) listener(committed)
  }
  sharing?.onCommitted(tellListeners)

  return {
    reader: readerOver(db, readsHere),
    peers: sharing?.peers ?? null,

    async write(work) {
      const told = new Announcements()
      const run = () =>
        db.transaction().execute(async (connection) => {
          await sharing?.takeTurn(connection)
          const value = await work({
            ...readerOver(connection, readsHere),
            announce: (kind, id) => told.announce(kind, id),
            wake: (nodeId) => told.nodes.add(nodeId),
            cutOff: (nodeId) => told.revoked.add(nodeId),
            afterCommit: (after) => told.after.push(after),
          } satisfies Transaction)
          await atOnce([told.writeTo(connection), sharing?.tell(connection, told)])
          return value
        })
      try {
        const result = await inTurn(run)
        for (const after of told.after) after()
        if (!told.empty) tellListeners(told)
        return result
      } catch (error) {
        // It may have been committed: an extra look does no harm.
        if (isProblem(error, 'DATABASE_UNREACHABLE') && !told.empty) tellListeners(told)
        throw error
      }
    },

    onCommit: (listener) => listeners.push(listener),
    onGap: (listener) => sharing?.onGap(listener),
    close,
  }
}

/** Collects changes during a transaction; a resource that changed ten times is announced once. */
class Announcements implements Committed {
  readonly nodes = new Set<NodeId>()
  readonly revoked = new Set<NodeId>()
  readonly after: (() => void)[] = []
  readonly #resources = new Map<string, EventRecord['kind']>()

  announce(kind: EventRecord['kind'], id: string): void {
    this.#resources.set(id, kind)
  }

  get events(): boolean {
    return this.#resources.size > 0
  }

  get empty(): boolean {
    return this.nodes.size === 0 && this.revoked.size === 0 && !this.events
  }

  async writeTo(db: Kysely<Tables>): Promise<void> {
    if (!this.events) return
    await insertEvents(
      db,
      [...this.#resources].map(([resource_id, kind]) => ({ kind, resource_id })),
    )
  }
}

function readerOver(db: Kysely<Tables>, readsHere: boolean): Reader {
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
    async nameTaken(kind, name) {
      const tables = { cloud: 'clouds', environment: 'cluster_environments', cluster: 'clusters' } as const
      if (kind === 'api_token') return (await apiTokenTable(db).liveByName(name)) !== null
      const row = await db.selectFrom(tables[kind]).select('id').where('name', '=', name).executeTakeFirst()
      return row !== undefined
    },
    mayReach: () => true,
    async cloudsWithWork(now) {
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
    async counts() {
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
