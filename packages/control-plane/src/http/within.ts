/** Waits for so long and no longer. */

/** Fails with `late()` when the time is over; what was waited for goes on. */
export async function within<Value>(work: Promise<Value>, milliseconds: number, late: () => Error): Promise<Value> {
  const clock = Promise.withResolvers<never>()
  const timer = setTimeout(() => clock.reject(late()), milliseconds)
  try {
    return await Promise.race([work, clock.promise])
  } finally {
    clearTimeout(timer)
  }
}
