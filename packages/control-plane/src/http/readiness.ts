/** Whether this process should receive requests: the database answers in time, and shutdown has not begun. */
import { problem } from '@fairlead/contract/problems'
import type { Reader } from '../store/store.ts'

const answersWithinMs = 2000

export class Readiness {
  #ending = false

  /** From now on no new clients are sent here; requests that still arrive are served. */
  end(): void {
    this.#ending = true
  }

  /** Throws NOT_READY. */
  async check(reader: Reader): Promise<void> {
    if (this.#ending) throw problem('NOT_READY', { reason: 'it stops' })
    try {
      await within(reader.clouds.count(), answersWithinMs, silent)
    } catch {
      throw silent()
    }
  }
}

const silent = () => problem('NOT_READY', { reason: 'its database does not answer' })

/** Fails with `late()` when time runs out; the work itself continues. */
async function within<Value>(work: Promise<Value>, milliseconds: number, late: () => Error): Promise<Value> {
  const clock = Promise.withResolvers<never>()
  const timer = setTimeout(() => clock.reject(late()), milliseconds)
  try {
    return await Promise.race([work, clock.promise])
  } finally {
    clearTimeout(timer)
  }
}
