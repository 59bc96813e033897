/** The node's session: opened by a signed request, renewed well before it ends, reopened when the control plane has forgotten it. */
import type { SessionId } from '@fairlead/contract/names'
import type { NodeSession } from '@fairlead/contract/wire'

/** A session lasts 15 minutes; it is renewed after about ten, with jitter so that a fleet does not renew all at once. */
const renewAfterMs = 10 * 60_000
const spreadMs = 60_000

export interface SessionParts {
  readonly open: (signal: AbortSignal) => Promise<NodeSession>
  readonly now: () => number
  readonly random: () => number
}

interface OpenSession {
  readonly id: SessionId
  readonly renewAt: number
}

export class NodeSessions {
  readonly #parts: SessionParts
  #session: OpenSession | null = null
  #opening: Promise<OpenSession> | null = null

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  /** The session to use now; concurrent callers share one opening. */
  async current(signal: AbortSignal): Promise<SessionId> {
    if (this.#session !== null && this.#parts.now() < this.#session.renewAt) return this.#session.id
    this.#opening ??= this.#open(signal).finally(() => {
      this.#opening = null
    })
    return (await this.#opening).id
  }

  /** Call this when the control plane does not know the session; a newer session is kept. */
  forget(id: SessionId): void {
    if (this.#session?.id === id) this.#session = null
  }

  async #open(signal: AbortSignal): Promise<OpenSession> {
    const { session_id } = await this.#parts.open(signal)
    // Uses this machine's clock: the end in the answer is in the control plane's time.
    const renewAt = this.#parts.now() + renewAfterMs + (this.#parts.random() - 0.5) * spreadMs
    this.#session = { id: session_id, renewAt }
    return this.#session
  }
}
