/** The node's session: opened by a signed request, renewed well before its end, opened anew when the control plane has forgotten it. */
import type { SessionId } from '@fairlead/contract/names'
import type { NodeSession } from '@fairlead/contract/wire'

/** A session lasts 15 minutes; renewed at about ten, spread so that a fleet does not renew as one. */
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

  /** The session to use now; callers at the same time share one opening. */
  async current(signal: AbortSignal): Promise<SessionId> {
    if (this.#session !== null && this.#parts.now() < this.#session.renewAt) return this.#session.id
    this.#opening ??= this.#open(signal).finally(() => {
      this.#opening = null
    })
    return (await this.#opening).id
  }

  /** To be called when the control plane does not know the session; a newer one is kept. */
  forget(id: SessionId): void {
    if (this.#session?.id === id) this.#session = null
  }

  async #open(signal: AbortSignal): Promise<OpenSession> {
    const { session_id } = await this.#parts.open(signal)
    // By this machine's own clock: the end that the answer names is in the control plane's time.
    const renewAt = this.#parts.now() + renewAfterMs + (this.#parts.random() - 0.5) * spreadMs
    this.#session = { id: session_id, renewAt }
    return this.#session
  }
}
