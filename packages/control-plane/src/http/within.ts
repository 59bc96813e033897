/** Waits with a time limit. */

/** Fails with `late()` when time runs out; the work itself continues. */
export async function within<Value>(work: Promise<Value>, milliseconds: number, late: () => Error): Promise<Value> {
  const clock = Promise.withResolvers<never>()
  const timer = setTimeout(() => clock.reject(late()), milliseconds)
  try {
    return await Promise.race([work, clock.promise])
  } finally {
    clearTimeout(timer)
  }
}
