/** When each API token was last used: noted in memory and written in batches, so that reading costs no write. */
import type { TokenId } from '@fairlead/contract/names'
import { iso, type Clock } from '../clock.ts'
import type { Transaction } from '../store/store.ts'

export class TokenUsage {
  readonly #clock: Clock
  readonly #usedAt = new Map<TokenId, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  note(id: TokenId): void {
    this.#usedAt.set(id, this.#clock())
  }

  async writeTo(transaction: Transaction): Promise<void> {
    const noted = [...this.#usedAt]
    for (const [id, at] of noted) await transaction.apiTokens.update(id, { last_used_at: iso(at) })
    transaction.afterCommit(() => {
      for (const [id, at] of noted) if (this.#usedAt.get(id) === at) this.#usedAt.delete(id)
    })
  }
}
