/** Whether requests should come here: the database answers in time, and the end has not begun. */
import { problem } from '@fairlead/contract/problems'
import type { Reader } from '../store/store.ts'
import { within } from './within.ts'

const answersWithinMs = 2000

export class Readiness {
  #ending = false

  /** From here on nobody new is sent here; what comes all the same is served. */
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
