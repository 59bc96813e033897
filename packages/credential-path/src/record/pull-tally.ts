/** Counters for one pull that are not in its record: for this node's log and metrics. */
import type { PullTicket } from '../registry/image/pull-ticket.ts'
import type { SecretReader } from '../secret/secret-reader.ts'

export class PullTally {
  secretReads = 0
  secretKept = 0
  retries = 0
  resumedStreams = 0
  engineRestarts = 0
  engineVersion: string | null = null
  /** Null until the manifest has arrived. */
  layers: number | null = null
  readonly #fetched = new Set<string>()

  /** The same reader, with what it reads counted here. */
  counting(reader: SecretReader): SecretReader {
    return {
      read: async (...asked) => {
        const secret = await reader.read(...asked)
        if (secret.kept) this.secretKept++
        else this.secretReads++
        return secret
      },
    }
  }

  /** A whole blob came from the registry, or from what an earlier attempt kept of it. */
  fetched({ layers }: PullTicket, digest: string): void {
    if (layers.some((layer) => layer.digest === digest)) this.#fetched.add(digest)
  }

  get layersFetched(): number {
    return this.#fetched.size
  }
}
