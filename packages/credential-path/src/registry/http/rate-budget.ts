/** How many pulls a registry has left for this login or address, as Docker Hub reports with each manifest. Pure. */

export interface RateBudget {
  readonly remaining: number
  /** Out of how many; null if not reported. */
  readonly limit: number | null
}

/** `ratelimit-remaining: 76;w=21600` and `ratelimit-limit: 100;w=21600`; null if the first is not a number. */
export function parseRateBudget(remaining: string | null, limit: string | null): RateBudget | null {
  const left = leadingNumber(remaining)
  return left === null ? null : { remaining: left, limit: leadingNumber(limit) }
}

/** Starting a cluster costs one pull per node, so a fifth is quickly used up. */
export function isLow({ remaining, limit }: RateBudget): boolean {
  return remaining <= Math.max(10, (limit ?? 0) / 5)
}

function leadingNumber(text: string | null): number | null {
  const digits = /^\s*(\d{1,9})\s*(?:;|$)/.exec(text ?? '')?.[1]
  return digits === undefined ? null : Number(digits)
}
