/** The store over Kysely, the same for every database: transactions, the events they announce, and notifications after the commit. */
import { type NodeId } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import type { Kysely } from 'kysely'
import { atOnce } from './at-once.ts'
import { readerOver } from './reader.ts'
import type { EventRecord } from './records.ts'
import type { Tables } from './row.ts'
import type { Committed, Peers, Store, Transaction } from './store.ts'
import { insertEvents } from './tables/events.ts'

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
