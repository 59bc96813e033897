/** How long to wait for slow operations, and the error when time is up. */
import { problem } from '@fairlead/contract/problems'

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined
  /** Time between two polls if no event comes first; 1 s by default. */
  readonly pollRateSeconds?: number | undefined
  /** After this, TIMED_OUT; without it, waits as long as it takes. */
  readonly timeoutSeconds?: number | undefined
}

export async function withTimeout<Result>(
  options: WaitOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = new AbortController()
  const seconds = options.timeoutSeconds
  const timer =
    seconds === undefined
      ? undefined
      : setTimeout(() => limit.abort(problem('TIMED_OUT', { seconds })), Math.min(seconds * 1000, 2 ** 31 - 1))
  try {
    return await work(options.signal ? AbortSignal.any([options.signal, limit.signal]) : limit.signal)
  } finally {
    clearTimeout(timer)
  }
}
