/**
 * How often wrong tokens may come, from one network and from all. This protects against noise and cost, not guessing: a token has 256 random bits
 * (ADR 29). Only failures are counted, so a valid token is never rejected because of others in its network. One number per network, in memory, for a
 * limited number of networks; every attempt costs the same.
 */
import type { Clock } from '../clock.ts'

interface Rate {
  /** This many at once, */
  readonly burst: number
  /** then one per this many milliseconds. */
  readonly everyMs: number
}

export interface AttemptLimits {
  readonly each: Rate
  readonly all: Rate
  readonly networks: number
}

export const attemptLimits: AttemptLimits = {
  each: { burst: 20, everyMs: 6_000 },
  all: { burst: 2_000, everyMs: 20 },
  networks: 4096,
}

export class FailedAttempts {
  readonly #clock: Clock
  readonly #limits: AttemptLimits
  /** When all counted attempts would be paid off; ordered so that the network that failed longest ago is first. */
  readonly #paidAt = new Map<string, number>()
  #allPaidAt = 0

  constructor(clock: Clock, limits: AttemptLimits = attemptLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Counts a failed attempt. Null if it may be reported as such, otherwise the whole seconds before another attempt is allowed. */
  failed(network: string): number | null {
    const now = this.#clock()
    const { each, all, networks } = this.#limits
    const ofNetwork = count(this.#paidAt.get(network) ?? 0, each, now)
    const ofAll = count(this.#allPaidAt, all, now)
    const waitMs = Math.max(ofNetwork.waitMs, ofAll.waitMs)
    if (waitMs > 0) return Math.ceil(waitMs / 1000)
    this.#allPaidAt = ofAll.paidAt
    this.#paidAt.delete(network)
    this.#paidAt.set(network, ofNetwork.paidAt)
    const [oldest = network] = this.#paidAt.keys()
    if (this.#paidAt.size > networks) this.#paidAt.delete(oldest)
    return null
  }

  get size(): number {
    return this.#paidAt.size
  }
}

function count(paidAt: number, { burst, everyMs }: Rate, now: number): { paidAt: number; waitMs: number } {
  const next = Math.max(paidAt, now) + everyMs
  return { paidAt: next, waitMs: next - now - burst * everyMs }
}
