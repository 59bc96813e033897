/** Waits that a signal ends with a Problem: for shared work, and for a fixed time. */
import { setTimeout as sleep } from 'node:timers/promises'
import { problem, Problem } from '@fairlead/contract/problems'

/** The result of `work`, or a Problem as soon as the signal aborts; the work itself continues. */
export async function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) {
    // Other waiters see how it ends; if there are none, a failure must not end the process.
    work.catch(() => {})
    throw interruption(signal)
  }
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(interruption(signal))
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Waits; throws a Problem as soon as the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {
    throw interruption(signal)
  })
}

export function interruption(signal: AbortSignal): Problem {
  return signal.reason instanceof Problem ? signal.reason : problem('INTERRUPTED')
}
