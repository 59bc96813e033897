/**
 * Commits many small writes as one: those that arrive within 5 ms share a transaction, and each is answered once it is durable. Single writes would
 * cost one disk sync each. What follows from several of them, such as the state of a cluster whose thousand nodes report, is done once for all.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem } from '@fairlead/contract/problems'
import type { Store, Transaction } from './store.ts'

/** Does the work named `key` once, after the writes of the group, however many of them ask for it. */
export type AtEnd = (key: string, work: () => Promise<void>) => void

type Work = (transaction: Transaction, atEnd: AtEnd) => Promise<void>

interface Waiting {
  readonly work: Work
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const windowMs = 5
const largestGroup = 500

export class GroupCommit {
  readonly #store: Store
  readonly #onGroup: (size: number) => void
  #waiting: Waiting[] = []
  #running = false

  constructor(store: Store, onGroup: (size: number) => void) {
    this.#store = store
    this.#onGroup = onGroup
  }

  /** Resolves when the work is committed. */
  add(work: Work): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      if (this.#waiting.length < largestGroup) await sleep(windowMs)
      const group = this.#waiting.splice(0, largestGroup)
      this.#onGroup(group.length)
      await this.#commit(group)
    }
    this.#running = false
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#store.write(async (transaction) => {
        const last = new Map<string, () => Promise<void>>()
        const atEnd: AtEnd = (key, work) => last.set(key, work)
        for (const { work } of group) await work(transaction, atEnd)
        // Iterating a map visits what is added meanwhile; what is added again has to be done again.
        for (const [key, work] of last) {
          last.delete(key)
          await work()
        }
      })
    } catch (error) {
      await this.#commitApart(group, error)
      return
    }
    for (const { resolve } of group) resolve()
  }

  /** One bad write must not fail the others. */
  async #commitApart(group: readonly Waiting[], error: unknown): Promise<void> {
    // An unreachable database is unreachable for each of them.
    if (group.length === 1 || isProblem(error, 'DATABASE_UNREACHABLE')) {
      for (const { reject } of group) reject(error)
      return
    }
    for (const one of group) await this.#commit([one])
  }
}
