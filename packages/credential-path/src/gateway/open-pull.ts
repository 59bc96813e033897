/** One admitted pull, served by the gateway on loopback for as long as the pull lasts. */
import type { Problem } from '@fairlead/contract/problems'

export interface OpenPull extends AsyncDisposable {
  /** `127.0.0.1:PORT/<128 random bits>@sha256:…`: what Docker pulls. */
  readonly reference: string
  /** `127.0.0.1:PORT/<128 random bits>`: the name to drop once the image has its own. */
  readonly name: string
  /** The upstream error that made a pull fail, as our own code rather than Docker's message. */
  readonly failure: Problem | null
  /** Aborts with `failure` as soon as there is one, so that nothing waits for an engine that retries. */
  readonly failed: AbortSignal
  /** Whether the engine has requested this pull's path at all. */
  readonly reached: boolean
  /** Blobs fetched and verified in this pull. */
  readonly verified: ReadonlySet<string>
}
