/** The spools of this process's pulls: one per pull, lent while a pull runs, deleted when it ends; a little later after a retryable failure. */
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import { Spool } from './spool.ts'
import { freeBytes } from '../process/free-bytes.ts'

/** Of what is free beyond the reserve and not promised to another spool; the engine needs the rest for the same layers, packed and unpacked. */
const shareOfFree = 1 / 4
/** A failed order is retried within this time. */
const keptAfterFailureMs = 10 * 60_000

export interface SpoolPlace {
  /** The agent's own folder. */
  readonly folder: string
  readonly reserveBytes: number
  /** Tests use a shorter wait. */
  readonly keptAfterFailureMs?: number
}

interface Shelved {
  readonly spool: Promise<Spool | null>
  users: number
  expiry: NodeJS.Timeout | null
}

export class SpoolShelf implements AsyncDisposable {
  readonly #place: SpoolPlace | null
  readonly #shelved = new Map<string, Shelved>()
  /** Otherwise concurrent pulls would promise the same bytes several times. */
  readonly #promised = new Map<object, number>()

  /** Null: nothing is kept, since we have no folder. */
  constructor(place: SpoolPlace | null) {
    this.#place = place
  }

  /** Lends the spool for `key`, or null if there is no room for one. */
  async lend<Result>(key: string, use: (spool: Spool | null) => Promise<Result>): Promise<Result> {
    const shelved = this.#shelved.get(key) ?? this.#open(key)
    shelved.users += 1
    if (shelved.expiry !== null) clearTimeout(shelved.expiry)
    let isWanted = false
    try {
      return await use(await shelved.spool)
    } catch (error) {
      isWanted = isWorthKeeping(error)
      throw error
    } finally {
      shelved.users -= 1
      if (shelved.users === 0 && isWanted) this.#expire(key, shelved)
      else if (shelved.users === 0) await this.#discard(key, shelved)
    }
  }

  /** Frees everything kept: a running pull matters more than a retry. False if there was nothing to free. */
  async makeRoom(): Promise<boolean> {
    const all = [...this.#shelved]
    await Promise.all(all.map(([key, shelved]) => this.#discard(key, shelved)))
    return all.length > 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.makeRoom()
  }

  #open(key: string): Shelved {
    const shelved: Shelved = { spool: this.#openSpool(), users: 0, expiry: null }
    this.#shelved.set(key, shelved)
    return shelved
  }

  async #openSpool(): Promise<Spool | null> {
    if (this.#place === null) return null
    const { folder, reserveBytes } = this.#place
    const free = (await freeBytes(folder)) ?? 0
    const promised = [...this.#promised.values()].reduce((sum, bytes) => sum + bytes, 0)
    const limit = Math.floor((free - reserveBytes - promised) * shareOfFree)
    if (limit <= 0) return null
    const opening = {}
    this.#promised.set(opening, limit)
    // An unwritable folder affects only the retry, not the first attempt.
    const spool = await Spool.open(folder, limit).catch(() => null)
    this.#promised.delete(opening)
    if (spool !== null) this.#promised.set(spool, limit)
    return spool
  }

  #expire(key: string, shelved: Shelved): void {
    const after = this.#place?.keptAfterFailureMs ?? keptAfterFailureMs
    shelved.expiry = setTimeout(() => void this.#discard(key, shelved), after).unref()
  }

  async #discard(key: string, shelved: Shelved): Promise<void> {
    if (shelved.expiry !== null) clearTimeout(shelved.expiry)
    if (this.#shelved.get(key) === shelved) this.#shelved.delete(key)
    const spool = await shelved.spool
    if (spool === null) return
    await spool[Symbol.asyncDispose]()
    this.#promised.delete(spool)
  }
}

/** The pull is no longer wanted, or there is no room for it. */
const isOver: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['INTERNAL', 'INTERRUPTED', 'NODE_DISK_FULL'])

const isWorthKeeping = (error: unknown): boolean => isProblem(error) && error.row.retry && !isOver.has(error.code)
