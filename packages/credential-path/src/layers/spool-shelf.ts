/** The spools of the pulls of this process: one a pull, lent while somebody pulls, thrown away at its end; after a failure that will be tried again a little later. */
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import { Spool } from './spool.ts'
import { freeBytes } from '../process/free-bytes.ts'

/** Of what is free beyond the reserve and is not promised to another spool; the rest is for the engine, which keeps the same layers packed and unpacked. */
const shareOfFree = 1 / 4
/** An order that failed is tried again within this. */
const keptAfterFailureMs = 10 * 60_000

export interface SpoolPlace {
  /** The agent's own folder. */
  readonly folder: string
  readonly reserveBytes: number
  /** A test waits less. */
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
  /** Many pulls at once would else promise the same bytes many times. */
  readonly #promised = new Map<object, number>()

  /** Null: nothing is kept, since there is no folder of our own. */
  constructor(place: SpoolPlace | null) {
    this.#place = place
  }

  /** Lends the spool that belongs to `key`, or null where there is no room for one. */
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

  /** Frees all that is kept: a pull is worth more than its second try. False where nothing was. */
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
    // A folder that nothing can be written to costs the second try, not the first.
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

/** The pull is not wanted any more, or there is no room for it. */
const isOver: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['INTERNAL', 'INTERRUPTED', 'NODE_DISK_FULL'])

const isWorthKeeping = (error: unknown): boolean => isProblem(error) && error.row.retry && !isOver.has(error.code)
