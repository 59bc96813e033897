/** The connections to each registry that fetch blobs, and what was seen of it: how many it bears, how many help, and whether it serves ranges. */
import {
  enoughBytesPerSecond,
  helpfulConnections,
  mayConnect,
  mayGoOn,
  mostConnections,
  type Ranges,
} from './fetch-plan.ts'

/** After this time, a registry that limited us or ignored a range is tried as if it were new. */
const rememberedMs = 60 * 60_000
const mostRegistries = 64

export class RegistryLanes {
  readonly #enough: number
  readonly #known = new Map<string, Lanes>()

  constructor(enough = enoughBytesPerSecond) {
    this.#enough = enough
  }

  of(registry: string): Lanes {
    const known = this.#known.get(registry)
    const lanes = known === undefined || known.isStale ? new Lanes(this.#enough) : known
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
  readonly #enough: number
  readonly #made = performance.now()
  readonly #waiting = new Set<() => void>()
  #bears = mostConnections
  /** What one connection brings; null until one was seen. */
  #bytesPerSecond: number | null = null
  #open = 0

  constructor(enough: number) {
    this.#enough = enough
  }

  /** How many connections there may be, or will be once the first one was seen. */
  get width(): number {
    const helpful =
      this.#bytesPerSecond === null ? mostConnections : helpfulConnections(this.#bytesPerSecond, this.#enough)
    return Math.min(this.#bears, helpful)
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

  /** The registry refused more. */
  narrow(width: number): void {
    this.#bears = Math.min(this.#bears, width)
  }

  /** Beside others, a connection may be slower than it could be. */
  saw(bytesPerSecond: number): void {
    const before = this.#bytesPerSecond
    this.#bytesPerSecond = before === null || this.#open === 1 ? bytesPerSecond : Math.max(before, bytesPerSecond)
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
    return this.#bytesPerSecond === null ? 1 : Math.min(most, this.width)
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }
}
