/** When to retry a call: a few times, later each time, and never all clients at once. */
import { retryAfterMs } from '@fairlead/contract/problems'

export const maximumAttempts = 4

const retriedStatus = new Set([429, 502, 503, 504])

export function mayRetryStatus(status: number): boolean {
  return retriedStatus.has(status)
}

/** Milliseconds before attempt `attempt + 1`: full jitter below a doubling ceiling, or the server's requested delay, up to 10 s. */
export function retryDelay(attempt: number, retryAfter: string | null, random: () => number = Math.random): number {
  const asked = retryAfterMs(retryAfter, Date.now()) ?? 0
  const ceiling = Math.min(200 * 2 ** attempt, 5000)
  return Math.min(asked, 10_000) + random() * ceiling
}

/** Waits; an abort ends the wait with its reason. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
