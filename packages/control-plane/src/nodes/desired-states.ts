/**
 * Reads the desired states that are asked for at the same time together, a part at a time, so that other requests come in between, and remembers the
 * tags of those that last until something wakes their node.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { NodeId } from '@fairlead/contract/names'
import type { Problem } from '@fairlead/contract/problems'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { desiredStateText, readOrdered, type DesiredStateText, type Ordered } from './desired-state.ts'

/** As many as the largest start that is answered without handling in between what its first nodes say to it. */
const atOnce = 1024
/** A tag is not believed for longer: a change that woke nobody would otherwise stay unseen. */
const believedMs = 300_000

interface Tag {
  readonly etag: string
  readonly readAt: number
}

export class DesiredStates {
  readonly #store: Pick<Store, 'reader' | 'peers'>
  readonly #clock: Clock
  readonly #tags = new Map<NodeId, Tag>()
  /** Those whose state is being read, unless something woke them since. */
  #undisturbed = new Set<NodeId>()
  #asked = new Map<NodeId, PromiseWithResolvers<DesiredStateText>>()
  #reading = false

  constructor(store: Pick<Store, 'reader' | 'peers'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** True if the state with this tag is known to be the node's newest; false says nothing. */
  isNewest(nodeId: NodeId, etag: string): boolean {
    const tag = this.#tags.get(nodeId)
    return (
      tag?.etag === etag && Math.abs(this.#clock() - tag.readAt) <= believedMs && (this.#store.peers?.listening ?? true)
    )
  }

  forget(nodeId: NodeId): void {
    this.#tags.delete(nodeId)
    this.#undisturbed.delete(nodeId)
  }

  forgetAll(): void {
    this.#tags.clear()
    this.#undisturbed.clear()
  }

  /** Throws why the node gets no state: NODE_REVOKED or NODE_FORGOTTEN. What it returns is no older than the call. */
  read(nodeId: NodeId): Promise<DesiredStateText> {
    let asked = this.#asked.get(nodeId)
    if (asked === undefined) {
      asked = Promise.withResolvers()
      this.#asked.set(nodeId, asked)
    }
    if (!this.#reading) void this.#run()
    return asked.promise
  }

  async #run(): Promise<void> {
    this.#reading = true
    while (this.#asked.size > 0) {
      await nextTurn()
      const part = new Map(this.#asked.entries().take(atOnce))
      for (const id of part.keys()) this.#asked.delete(id)
      await this.#answer(part)
    }
    this.#reading = false
  }

  async #answer(part: ReadonlyMap<NodeId, PromiseWithResolvers<DesiredStateText>>): Promise<void> {
    this.#undisturbed = new Set(part.keys())
    try {
      const found = await readOrdered(this.#store.reader, [...part.keys()])
      for (const [id, asked] of part) this.#settle(id, asked, found.get(id))
    } catch (error) {
      for (const { reject } of part.values()) reject(error)
    }
  }

  /** A record that makes no valid state is a fault of this node's answer alone. */
  #settle(
    id: NodeId,
    { resolve, reject }: PromiseWithResolvers<DesiredStateText>,
    found: Ordered | Problem | undefined,
  ): void {
    try {
      if (found === undefined || !('node' in found)) {
        reject(found)
        return
      }
      const now = this.#clock()
      const text = desiredStateText(found, now)
      // A lease ends by itself.
      if (found.leased.length === 0 && this.#undisturbed.has(id)) this.#tags.set(id, { etag: text.etag, readAt: now })
      resolve(text)
    } catch (error) {
      reject(error)
    }
  }
}
