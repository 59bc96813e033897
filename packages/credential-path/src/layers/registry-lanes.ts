/** The connections to each registry that fetch blobs, and what was seen of it: how many it bears, how many help, and whether it serves ranges. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { BlobSource } from '../registry/image/pull-ticket.ts'
import {
  helpfulConnections,
  isSaturated,
  mayConnect,
  mayGoOn,
  mostConnections,
  type Ranges,
  type Seen,
  type Sight,
} from './fetch-plan.ts'

/** After this time, a registry that limited us or ignored a range is tried as if it were new. */
const rememberedMs = 60 * 60_000
const mostRegistries = 64
/** So long a connection may be idle before someone ends it. */
const longestTurnMs = 10_000

/** Of one image, which gives its blobs. */
export interface LayerFetch {
  readonly source: BlobSource
  /** In the order in which engines unpack. */
  readonly rank: number
}

export class RegistryLanes {
  readonly #helpful: typeof helpfulConnections
  readonly #known = new Map<string, Lanes>()

  constructor(helpful = helpfulConnections) {
    this.#helpful = helpful
  }

  of(registry: string): Lanes {
    const known = this.#known.get(registry)
    const lanes = known === undefined || known.isStale ? new Lanes(this.#helpful) : known
    // The last one asked for is the last one forgotten.
    this.#known.delete(registry)
    this.#known.set(registry, lanes)
    const [oldest] = this.#known.keys()
    if (oldest !== undefined && this.#known.size > mostRegistries) this.#known.delete(oldest)
    return lanes
  }
}

export class Lanes {
  ranges: Ranges = 'unknown'
  readonly #helpful: typeof helpfulConnections
  readonly #made = performance.now()
  readonly #waiting = new Set<() => void>()
  readonly #layers = new Set<LayerFetch>()
  #turned = Promise.withResolvers<void>()
  #bears = mostConnections
  /** Null until a connection was seen. */
  #seen: Seen | null = null
  #open = 0

  constructor(helpful: typeof helpfulConnections) {
    this.#helpful = helpful
  }

  /** How many connections there may be, or will be once the first one was seen. */
  get width(): number {
    return Math.min(this.#bears, this.#seen === null ? mostConnections : this.#helpful(this.#seen))
  }

  get isStale(): boolean {
    return this.#open === 0 && performance.now() - this.#made > rememberedMs
  }

  /** False: there is none for a fetch that has `own` already, of `most`. */
  take(own: number, most: number): boolean {
    if (!mayConnect(own, this.#open, this.#allowed(most))) return false
    this.#open += 1
    return true
  }

  /** Whether a fetch with `own` connections may go on with all of them. */
  mayGoOn(own: number, most: number): boolean {
    return mayGoOn(own, this.#open, this.#allowed(most))
  }

  give(): void {
    this.#open -= 1
    this.#wake()
  }

  enter(layer: LayerFetch): void {
    this.#layers.add(layer)
  }

  leave(layer: LayerFetch): void {
    this.#layers.delete(layer)
    this.#turn()
  }

  /**
   * Where connections only share what this process can take, a layer waits for those that are unpacked before it. Null: it need not. A chunk
   * passes now and then, so that nobody takes the connection for a dead one.
   */
  turn({ source, rank }: LayerFetch, signal: AbortSignal): Promise<void> | null {
    if (this.#seen === null || !isSaturated(this.#seen)) return null
    const isBehind = this.#layers.values().some((other) => other.source === source && other.rank < rank)
    if (!isBehind) return null
    const longest = sleep(longestTurnMs, undefined, { ref: false, signal }).catch(() => undefined)
    return Promise.race([this.#turned.promise, longest])
  }

  /** The registry refused more. */
  narrow(width: number): void {
    this.#bears = Math.min(this.#bears, width)
  }

  /** Beside others, a connection may be slower than it could be. */
  saw(seen: Sight): void {
    const before = this.#open === 1 ? 0 : (this.#seen?.fastest ?? 0)
    this.#seen = { ...seen, fastest: Math.max(before, seen.bytesPerSecond), open: this.#open }
    if (!isSaturated(this.#seen)) this.#turn()
    this.#wake()
  }

  /** Calls `wake` whenever there may be another connection. */
  listen(wake: () => void): void {
    this.#waiting.add(wake)
  }

  ignore(wake: () => void): void {
    this.#waiting.delete(wake)
  }

  #allowed(most: number): number {
    return this.#seen === null ? 1 : Math.min(most, this.width)
  }

  /** Those who wait for their turn look again. */
  #turn(): void {
    const { resolve } = this.#turned
    this.#turned = Promise.withResolvers()
    resolve()
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }
}
