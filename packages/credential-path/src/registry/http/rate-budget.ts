/** How many pulls a registry has left for this login or address, as Docker Hub tells it with each manifest. Pure. */

export interface RateBudget {
  readonly remaining: number
  /** Of how many; null where that is not told. */
  readonly limit: number | null
}

/** `ratelimit-remaining: 76;w=21600` and `ratelimit-limit: 100;w=21600`; null where the first is not a number. */
export function parseRateBudget(remaining: string | null, limit: string | null): RateBudget | null {
  const left = leadingNumber(remaining)
  return left === null ? null : { remaining: left, limit: leadingNumber(limit) }
}

/** One start of a cluster costs a pull a node, so a fifth is soon gone. */
export function isLow({ remaining, limit }: RateBudget): boolean {
  return remaining <= Math.max(10, (limit ?? 0) / 5)
}

function leadingNumber(text: string | null): number | null {
  const digits = /^\s*(\d{1,9})\s*(?:;|$)/.exec(text ?? '')?.[1]
  return digits === undefined ? null : Number(digits)
}
