/**
 * What the control plane needs from its database. A `write` is one serializable transaction: what its work read is still true when it commits, and it
 * returns once that is durable. SQLite and PostgreSQL implement the same interface.
 */
import type { NodeId } from '@fairlead/contract/names'
import type { readerOver } from './reader.ts'
import type { EventRecord } from './records.ts'

export type Reader = ReturnType<typeof readerOver>

export interface Transaction extends Reader {
  /** Announces a changed resource after the commit; once per transaction, however often it is called. */
  announce(kind: EventRecord['kind'], id: string): void
  /** Wakes the node's waiting request after the commit. */
  wake(nodeId: NodeId): void
  /** Makes every replica forget, after the commit, what it remembers of a node that no longer exists. */
  cutOff(nodeId: NodeId): void
  afterCommit(work: () => void): void
}

export interface Committed {
  events: boolean
  nodes: ReadonlySet<NodeId>
  revoked: ReadonlySet<NodeId>
}

/** The other processes on the same database. */
export interface Peers {
  /** False while their commits are not received: anything remembered from the database may be old. */
  readonly listening: boolean
  /** Whether this replica does the work that one does for all. */
  readonly leading: boolean
  say(message: { since?: number; asks?: boolean }): Promise<void>
  onMessage(listener: (message: { since?: number | undefined; asks?: boolean | undefined }) => void): void
}

export interface Store {
  /** Reads the newest committed state; writes nothing. */
  readonly reader: Reader
  /** Null if only this process uses the database. */
  readonly peers: Peers | null
  write<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>
  /** Called for commits of this process, and of its peers. */
  onCommit(listener: (committed: Committed) => void): void
  /** Called when commits of peers may have been missed. */
  onGap(listener: () => void): void
  close(): Promise<void>
}
