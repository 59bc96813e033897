/** Changes caused only by time: nodes go silent or come back, leases expire, old rows are deleted. */
import type { NodeId } from '@fairlead/contract/names'
import type { Logger } from 'pino'
import { chunks } from './chunks.ts'
import { iso, type Clock } from './clock.ts'
import { Periodic } from './periodic.ts'
import type { Store, Transaction } from './store/store.ts'
import { forgetLost, forgettable, longLost } from './nodes/forget-lost.ts'
import { rejudge } from './clusters/rejudge.ts'
import type { PresenceExchange } from './nodes/presence-exchange.ts'
import type { Presence } from './nodes/presence.ts'
import type { Schedule } from './schedule.ts'

export interface HousekeepingParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly presence: Presence
  readonly exchange: PresenceExchange
  readonly schedule: Schedule
  /** Writes what was only recorded in memory so far. */
  readonly flush: (transaction: Transaction) => Promise<void>
  readonly onTidy: () => Promise<void>
  /** How long a machine that can prove itself again may be silent before its node is forgotten; null: forever. */
  readonly forgetLostMs: number | null
  readonly onFault: (error: unknown) => void
}

const everyMs = 2000
const housekeepingEveryMs = 60_000
const dayMs = 24 * 3600 * 1000
const rowsAtOnce = 500
/** Each one is several rows. */
const forgottenAtOnce = 100

export class Housekeeping {
  readonly #parts: HousekeepingParts
  readonly #periodic: Periodic

  constructor(parts: HousekeepingParts) {
    this.#parts = parts
    this.#periodic = new Periodic(parts.onFault)
  }

  start(): void {
    this.#periodic.every(everyMs, () => this.look())
    this.#periodic.every(housekeepingEveryMs, () => this.tidy())
  }

  async stop(): Promise<void> {
    await this.#periodic.stop()
    await this.flush().catch(this.#parts.onFault)
  }

  /** Nodes lost and found, and work that can continue: done by one replica for all, since three doing it would achieve no more. */
  async look(): Promise<void> {
    if (!this.#leads) return
    const { store, clock, presence } = this.#parts
    const changed = presence.transitions()
    for (const part of chunks(changed, rowsAtOnce)) {
      await store.write((transaction) => this.#noteTransitions(transaction, part))
      presence.noteTransitions(part)
    }
    // Only read, so that an idle control plane does not write.
    for (const cloudId of await store.reader.cloudsWithWork(iso(clock()))) {
      await store.write((transaction) => this.#parts.schedule(transaction, cloudId))
    }
  }

  async tidy(): Promise<void> {
    const { store, clock } = this.#parts
    const now = clock()
    await this.#parts.onTidy()
    await this.flush()
    if (!this.#leads) return
    await store.write(async (transaction) => {
      await transaction.sessions.removeExpired(iso(now))
      await transaction.challenges.removeExpired(iso(now))
      await transaction.idempotency.removeBefore(iso(now - dayMs))
      await transaction.events.removeBefore(iso(now - dayMs))
      await transaction.apiTokens.removeEndedSessions(iso(now - dayMs))
    })
    await this.#forgetLost(now)
  }

  async flush(): Promise<void> {
    const { store, exchange } = this.#parts
    await exchange.write()
    await store.write((transaction) => this.#parts.flush(transaction))
  }

  async #forgetLost(now: number): Promise<void> {
    const { store, presence, log, forgetLostMs: afterMs } = this.#parts
    if (afterMs === null) return
    const { ids, heardBefore } = longLost(presence, { now, afterMs })
    const lost = await forgettable(store.reader, { ids, heardBefore })
    for (const some of chunks(lost, forgottenAtOnce)) {
      const part = { ids: some.map(({ id }) => id), heardBefore }
      const nodes = await store.write((transaction) => forgetLost(transaction, part, { presence, now }))
      log.info({ nodes }, 'nodes that were lost for long were forgotten')
    }
  }

  get #leads(): boolean {
    return this.#parts.store.peers?.leading ?? true
  }

  async #noteTransitions(transaction: Transaction, nodeIds: readonly NodeId[]): Promise<void> {
    const { presence, clock, log } = this.#parts
    const clusters = new Set((await transaction.members.holdingIn(nodeIds)).map((member) => member.cluster_id))
    for (const nodeId of nodeIds) {
      transaction.announce('node', nodeId)
      log.info({ node_id: nodeId, lost: presence.isLost(nodeId) }, 'a node was lost or came back')
    }
    for (const clusterId of clusters) await rejudge(transaction, clusterId, presence, clock())
  }
}
