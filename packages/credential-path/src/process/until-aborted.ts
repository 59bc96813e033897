/** Lets one caller stop waiting for work that others share. */
import { problem, Problem } from '@fairlead/contract/problems'

/** The result of `work`, or a Problem as soon as the signal ends; the work itself goes on. */
export async function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) {
    // Whoever else waits hears how it ends; where nobody does, a failure must not end the process.
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

export function interruption(signal: AbortSignal): Problem {
  return signal.reason instanceof Problem ? signal.reason : problem('INTERRUPTED')
}
