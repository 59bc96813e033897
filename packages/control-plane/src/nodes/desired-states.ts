/** Reads the desired states that are asked for at the same time together, a part at a time, so that other requests come in between. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { NodeId } from '@fairlead/contract/names'
import type { Problem } from '@fairlead/contract/problems'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { desiredStateText, readOrdered, type DesiredStateText, type Ordered } from './desired-state.ts'

const atOnce = 64

export class DesiredStates {
  readonly #store: Pick<Store, 'reader'>
  readonly #clock: Clock
  #asked = new Map<NodeId, PromiseWithResolvers<DesiredStateText>>()
  #reading = false

  constructor(store: Pick<Store, 'reader'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
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
    try {
      const found = await readOrdered(this.#store.reader, [...part.keys()])
      for (const [id, asked] of part) this.#settle(asked, found.get(id))
    } catch (error) {
      for (const { reject } of part.values()) reject(error)
    }
  }

  /** A record that makes no valid state is a fault of this node's answer alone. */
  #settle({ resolve, reject }: PromiseWithResolvers<DesiredStateText>, found: Ordered | Problem | undefined): void {
    try {
      if (found !== undefined && 'node' in found) resolve(desiredStateText(found, this.#clock()))
      else reject(found)
    } catch (error) {
      reject(error)
    }
  }
}
