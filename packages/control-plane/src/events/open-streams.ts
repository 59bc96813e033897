/**
 * How many streams of events a token holds open. Each looks for news whenever something changes, so that some thousands of one token, which
 * need no more than the right to read, would keep everybody else waiting.
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

  /** Counted while it is read. Of many that were asked for at once, those beyond the number end at once. */
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
