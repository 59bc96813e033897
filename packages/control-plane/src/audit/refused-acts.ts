/** Records that an act or a sign-in was rejected for lack of permission: once an hour for each token and act, or for whoever signs in, so that nobody can fill the disk with it. */
import { isProblem } from '@fairlead/contract/problems'
import { type AuditEvent } from '@fairlead/contract/wire'
import type { Store } from '../store/store.ts'
import { auditEvent, type Act } from './event.ts'
import { appendAudit } from './append.ts'

const onceInMs = 60 * 60 * 1000
const remembered = 10_000

export class RefusedActs {
  readonly #store: Store
  /** The oldest entry comes first. */
  readonly #writtenAt = new Map<string, number>()

  constructor(store: Store) {
    this.#store = store
  }

  async note(act: Act, error: unknown): Promise<void> {
    if (!isProblem(error, 'ROLE_TOO_LOW') && !isProblem(error, 'TOKEN_LIMITED_TO_CLOUDS')) return
    await this.noteOnce(`${act.caller.id} ${act.act}`, auditEvent(act, error.code), act.now)
  }

  /** Once an hour for each key. */
  async noteOnce(key: string, event: AuditEvent, now: number): Promise<void> {
    if (!this.#isDue(key, now)) return
    try {
      await this.#store.write((transaction) => appendAudit(transaction, event))
    } catch (error) {
      this.#writtenAt.delete(key)
      throw error
    }
  }

  #isDue(key: string, now: number): boolean {
    if (now - (this.#writtenAt.get(key) ?? -Infinity) < onceInMs) return false
    this.#writtenAt.delete(key)
    this.#writtenAt.set(key, now)
    const [oldest] = this.#writtenAt.keys()
    if (this.#writtenAt.size > remembered && oldest !== undefined) this.#writtenAt.delete(oldest)
    return true
  }
}
