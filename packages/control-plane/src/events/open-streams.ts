/**
 * How many event streams a token has open. Each stream looks for news whenever anything changes, so thousands of them on one token, which only needs
 * the right to read, would slow everyone down.
 */
import { type TokenId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'

const mostOfOne = 200

export class OpenStreams {
  readonly #most: number
  readonly #open = new Map<TokenId, number>()

  constructor(most = mostOfOne) {
    this.#most = most
  }

  /** Throws TOO_MANY_STREAMS. */
  requireRoom(token: TokenId): void {
    if (this.#of(token) >= this.#most) throw problem('TOO_MANY_STREAMS', { count: this.#most })
  }

  /** Counted while it is read. If many are requested at once, those over the limit end immediately. */
  async *counted<Text>(token: TokenId, texts: AsyncIterable<Text>): AsyncGenerator<Text> {
    if (this.#of(token) >= this.#most) return
    this.#open.set(token, this.#of(token) + 1)
    try {
      yield* texts
    } finally {
      const left = this.#of(token) - 1
      if (left === 0) this.#open.delete(token)
      else this.#open.set(token, left)
    }
  }

  #of(token: TokenId): number {
    return this.#open.get(token) ?? 0
  }
}
