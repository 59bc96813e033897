/** How long to wait before the next try: exponential with full jitter, so that a thousand nodes do not come back at the same moment. */
import { retryAfterMs } from '@fairlead/contract/problems'

export interface BackoffShape {
  readonly baseMs: number
  readonly capMs: number
}

/** The wait before try number `attempt` (1 is the first retry); uniform between zero and the ceiling. */
export function fullJitter(attempt: number, shape: BackoffShape, random: () => number = Math.random): number {
  const ceiling = Math.min(shape.capMs, shape.baseMs * 2 ** Math.min(Math.max(attempt - 1, 0), 30))
  return Math.round(ceiling * random())
}

/** The longest pause that the other side may ask for; a longer one is not trusted to be meant for us. */
const longestRetryAfterMs = 300_000

/** The pause that a `Retry-After` asks for, within that limit; null if it cannot be read. */
export function boundedRetryAfterMs(header: string | null, now: number): number | null {
  const asked = retryAfterMs(header, now)
  return asked === null ? null : Math.min(asked, longestRetryAfterMs)
}
