/** Whether this process should receive requests: the database answers in time, and shutdown has not begun. */
import { problem } from '@fairlead/contract/problems'
import type { Reader } from '../store/store.ts'
import { within } from './within.ts'

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
