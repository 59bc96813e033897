/** One admitted pull, as the gateway serves it on loopback for as long as the pull lasts. */
import type { Problem } from '@fairlead/contract/problems'

export interface TransferProgress {
  readonly bytes: number
  readonly totalBytes: number
}

export interface OpenPull extends AsyncDisposable {
  /** `127.0.0.1:PORT/<128 random bits>@sha256:…`: what Docker pulls. */
  readonly reference: string
  /** `127.0.0.1:PORT/<128 random bits>`: the name to drop when the image has its own. */
  readonly name: string
  /** What the upstream did wrong, where a pull failed because of it; told in our own codes, not in Docker's words. */
  readonly failure: Problem | null
  /** Aborts with `failure` as soon as there is one, so that nobody waits for an engine that tries again. */
  readonly failed: AbortSignal
  /** Whether the engine came to this pull's path at all. */
  readonly reached: boolean
  /** Bytes that came from the registry so far. */
  readonly progress: TransferProgress
  /** Blobs that were fetched and verified in this pull. */
  readonly verified: ReadonlySet<string>
}
