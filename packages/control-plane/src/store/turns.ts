/** One write at a time in this process: the others wait in order, and give up if their turn does not come. */
import { setTimeout as sleep } from 'node:timers/promises'

export class Turns {
  readonly #patienceMs: number
  readonly #tooLong: () => Error
  #last: Promise<void> = Promise.resolve()

  constructor(patienceMs: number, tooLong: () => Error) {
    this.#patienceMs = patienceMs
    this.#tooLong = tooLong
  }

  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    if (!(await this.#came(before))) {
      void before.then(resolve)
      throw this.#tooLong()
    }
    try {
      return await work()
    } finally {
      resolve()
    }
  }

  async #came(turn: Promise<void>): Promise<boolean> {
    const ended = new AbortController()
    const { signal } = ended
    const late = sleep(this.#patienceMs, false, { signal }).catch(() => false)
    const came = await Promise.race([turn.then(() => true), late])
    ended.abort()
    return came
  }
}
