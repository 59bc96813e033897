/** How long to wait before the next try: exponential with full jitter, so that a thousand nodes do not come back as one. */

export interface BackoffShape {
  readonly baseMs: number
  readonly capMs: number
}

/** Waiting time before try number `attempt` (1 is the first repetition); uniform between nothing and the ceiling. */
export function fullJitter(attempt: number, shape: BackoffShape, random: () => number = Math.random): number {
  const ceiling = Math.min(shape.capMs, shape.baseMs * 2 ** Math.min(Math.max(attempt - 1, 0), 30))
  return Math.round(ceiling * random())
}

/** Longest pause that the other side may ask for; past it, its word is not trusted to be meant for us. */
const longestRetryAfterMs = 300_000

/** `Retry-After` (RFC 9110, section 10.2.3) in milliseconds; null where there is none that can be read. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1000, longestRetryAfterMs)
  // A date of this form alone: `Date.parse` takes far more than the grammar allows.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.min(Math.max(at - now, 0), longestRetryAfterMs)
}
