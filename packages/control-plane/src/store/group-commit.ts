/**
 * Commits many small writes as one: those that arrive within 5 ms share a transaction, and each is answered once it is durable. Single writes would
 * cost one disk sync each, and could not be read and judged together.
 */
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Store, Transaction } from './store.ts'

/** Writes all of them; if it throws, none is written, and each is tried alone. */
export type Commit<Item> = (transaction: Transaction, items: readonly Item[]) => Promise<void>

interface Waiting<Item> {
  readonly item: Item
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const outages: ReadonlySet<ProblemCode> = new Set([
  'DATABASE_UNREACHABLE',
  'DATABASE_UNUSABLE',
  'DATABASE_POOLED',
  'DATABASE_LOGIN_REFUSED',
  'DATABASE_MISSING',
  'DATABASE_TLS',
])

/** The database cannot take any write now; another may do later. */
const isOutage = (error: unknown): boolean => isProblem(error) && outages.has(error.code)

const windowMs = 5
const largestGroup = 500

export class GroupCommit<Item> {
  readonly #store: Pick<Store, 'write'>
  readonly #write: Commit<Item>
  readonly #onGroup: (size: number) => void
  #waiting: Waiting<Item>[] = []
  #running = false

  constructor(store: Pick<Store, 'write'>, write: Commit<Item>, onGroup: (size: number) => void) {
    this.#store = store
    this.#write = write
    this.#onGroup = onGroup
  }

  /** Resolves when it is committed. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
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

  async #commit(group: readonly Waiting<Item>[]): Promise<void> {
    const items = group.map(({ item }) => item)
    try {
      await this.#store.write((transaction) => this.#write(transaction, items))
    } catch (error) {
      await this.#commitApart(group, error)
      return
    }
    for (const { resolve } of group) resolve()
  }

  /** One bad write must not fail the others. */
  async #commitApart(group: readonly Waiting<Item>[], error: unknown): Promise<void> {
    // What stops the database stops each of them.
    if (group.length === 1 || isOutage(error)) {
      for (const { reject } of group) reject(error)
      return
    }
    for (const one of group) await this.#commit([one])
  }
}
