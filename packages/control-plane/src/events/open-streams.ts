/**
 * How many event streams the holder of a token has open. Each stream looks for news whenever anything changes, so thousands of them for somebody who
 * only needs the right to read would slow everyone down.
 */
import { problem } from '@fairlead/contract/problems'
import { holderOf, type ApiCaller } from '../identity/api-caller.ts'

type Caller = Pick<ApiCaller, 'id' | 'identity'>

const mostOfOne = 200

export class OpenStreams {
  readonly #most: number
  readonly #open = new Map<string, number>()

  constructor(most = mostOfOne) {
    this.#most = most
  }

  /** Throws TOO_MANY_STREAMS. */
  requireRoom(caller: Caller): void {
    if (this.#of(holderOf(caller)) >= this.#most) throw problem('TOO_MANY_STREAMS', { count: this.#most })
  }

  /** Counted while it is read. If many are requested at once, those over the limit end immediately. */
  async *counted<Text>(caller: Caller, texts: AsyncIterable<Text>): AsyncGenerator<Text> {
    const holder = holderOf(caller)
    if (this.#of(holder) >= this.#most) return
    this.#open.set(holder, this.#of(holder) + 1)
    try {
      yield* texts
    } finally {
      const left = this.#of(holder) - 1
      if (left === 0) this.#open.delete(holder)
      else this.#open.set(holder, left)
    }
  }

  #of(holder: string): number {
    return this.#open.get(holder) ?? 0
  }
}
