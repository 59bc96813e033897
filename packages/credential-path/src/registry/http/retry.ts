/** When a registry's answer is worth a retry, and after how long: Retry-After is obeyed, within limits (R4). */
import { isProblem, Problem, retryAfterMs } from '@fairlead/contract/problems'
import { pause } from '../../process/until-aborted.ts'

export interface RetryTiming {
  /** Total attempts. */
  readonly tries: number
  /** The first pause; each further one is four times as long. */
  readonly pauseMs: number
  /** A registry that asks for a longer wait than this gets no retry. */
  readonly patienceMs: number
  /** Called before each retry. */
  readonly onRetry?: () => void
}

export const defaultRetry: RetryTiming = { tries: 3, pauseMs: 300, patienceMs: 60_000 }

const busy: ReadonlySet<number> = new Set([429, 500, 502, 503, 504])

export interface Tried {
  readonly status: number
  readonly retryAfter: string | null
}

/** Milliseconds until the next attempt; null if there is none. */
export function pauseBefore(attempt: number, tried: Tried, timing: RetryTiming, now: Date): number | null {
  if (!busy.has(tried.status) || attempt >= timing.tries) return null
  const pause = retryAfterMs(tried.retryAfter, now.getTime()) ?? timing.pauseMs * 4 ** (attempt - 1)
  return pause > timing.patienceMs ? null : pause
}

interface Retried {
  readonly status: number
  readonly header: (name: string) => string | null
  /** If the body is a stream: drops it, to free its connection. */
  readonly discard?: () => Promise<void>
}

/** Silence is worth one more try only: it takes half a minute each time. */
const isLost = (error: unknown, attempt: number): error is Problem =>
  isProblem(error, 'REGISTRY_UNREACHABLE') ||
  (attempt === 1 && (isProblem(error, 'REGISTRY_TIMEOUT') || isProblem(error, 'PULL_STALLED')))

/** Retries while the answer calls for it; a lost connection or silence counts as a busy answer. The last answer is returned whatever it is. */
export async function retrying<Answer extends Retried>(
  attempt: () => Promise<Answer>,
  timing: RetryTiming,
  signal: AbortSignal,
): Promise<Answer> {
  for (let count = 1; ; count += 1) {
    const outcome = await attempt().catch((error: unknown) => {
      if (isLost(error, count)) return error
      throw error
    })
    const lost = outcome instanceof Problem
    const tried = lost
      ? { status: 503, retryAfter: null }
      : { status: outcome.status, retryAfter: outcome.header('retry-after') }
    const waitMs = pauseBefore(count, tried, timing, new Date())
    if (waitMs === null) {
      if (lost) throw outcome
      return outcome
    }
    if (!lost) await outcome.discard?.()
    timing.onRetry?.()
    await pause(waitMs * (1 + Math.random() * 0.2), signal)
  }
}
