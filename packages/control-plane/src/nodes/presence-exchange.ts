/**
 * The replicas share which nodes each hears within ten seconds: every five seconds a replica writes the nodes it heard, and reads what the others
 * wrote. At startup it learns from the others how long anyone has been listening to nodes.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { iso, type Clock } from '../clock.ts'
import { Periodic } from '../periodic.ts'
import type { Peers, Store } from '../store/store.ts'
import type { Presence } from './presence.ts'

export interface PresenceExchangeParts {
  readonly store: Store
  readonly clock: Clock
  readonly presence: Presence
  readonly onFault: (error: unknown) => void
}

const everyMs = 5000
/** How long to wait for the others at startup; if there are none, nothing answers. */
const answerMs = 300
/** Writing all of a large fleet at once would hold the database for a tenth of a second: requests are answered between the parts. */
const writtenAtOnce = 500

export class PresenceExchange {
  readonly #parts: PresenceExchangeParts
  readonly #periodic: Periodic

  constructor(parts: PresenceExchangeParts) {
    this.#parts = parts
    this.#periodic = new Periodic(parts.onFault)
  }

  async start(): Promise<void> {
    const { store, presence } = this.#parts
    await this.read()
    const { peers } = store
    if (peers === null) return
    const answered = new AbortController()
    peers.onMessage(({ since, asks }) => {
      if (since !== undefined) {
        presence.trustSince(since)
        answered.abort()
      }
      if (asks === true && presence.isCurrent) void peers.say({ since: presence.since }).catch(() => undefined)
    })
    presence.confirm()
    await peers.say({ asks: true })
    await sleep(answerMs, undefined, { signal: answered.signal }).catch(() => undefined)
    this.#periodic.every(everyMs, () => this.#exchange(peers))
  }

  stop(): Promise<void> {
    return this.#periodic.stop()
  }

  /** Writes which nodes this replica heard. */
  async write(): Promise<void> {
    const { store, presence } = this.#parts
    const heard = presence.takeUnwritten()
    for (let start = 0; start < heard.length; start += writtenAtOnce) {
      const part = heard.slice(start, start + writtenAtOnce).map(([id, at]) => ({ id, heard_at: iso(at) }))
      try {
        await store.write((transaction) => transaction.nodes.noteHeard(part))
      } catch (error) {
        presence.putBack(heard.slice(start).map(([id]) => id))
        throw error
      }
      await nextTurn()
    }
  }

  /** Learns which nodes any replica heard, and which nodes are gone. */
  async read(): Promise<void> {
    const { store, presence } = this.#parts
    const gone = new Set(presence.ids())
    for (const { id, heard_at } of await store.reader.nodes.lastHeard()) {
      presence.remember(id, Date.parse(heard_at))
      gone.delete(id)
    }
    for (const id of gone) presence.forget(id)
  }

  async #exchange(peers: Peers): Promise<void> {
    await this.write()
    await this.read()
    this.#parts.presence.confirm()
    await peers.say({ since: this.#parts.presence.since })
  }
}
