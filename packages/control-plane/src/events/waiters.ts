/** Requests that wait for a change: woken as soon as it is committed, or at the latest by a timer. */
const longestSpreadMs = 5000

export interface Wait {
  /** True if woken, false if time ran out or the wait was stopped. */
  readonly woken: Promise<boolean>
  /** Nobody waits any more. */
  readonly stop: () => void
}

const over: Wait = { woken: Promise.resolve(false), stop: () => undefined }

/** Node keeps a list for each different duration; ten thousand waits of their own length would be ten thousand lists. */
const toTimerStep = (milliseconds: number): number =>
  milliseconds < 1000 ? milliseconds : Math.ceil(milliseconds / 100) * 100

export class Waiters<Key> {
  readonly #waiting = new Map<Key, Set<() => void>>()
  #ended = false

  /** Begins at once, so that what is looked at after this call cannot change unnoticed. */
  wait(key: Key, milliseconds: number): Wait {
    if (this.#ended || milliseconds <= 0) return over
    const { promise: woken, resolve } = Promise.withResolvers<boolean>()
    const set = this.#waiting.get(key) ?? new Set()
    this.#waiting.set(key, set)
    const end = (isWoken: boolean) => {
      clearTimeout(timer)
      set.delete(wake)
      if (set.size === 0 && this.#waiting.get(key) === set) this.#waiting.delete(key)
      resolve(isWoken)
    }
    const wake = () => end(!this.#ended)
    const stop = () => end(false)
    const timer = setTimeout(stop, toTimerStep(milliseconds))
    set.add(wake)
    return { woken, stop }
  }

  wake(key: Key): void {
    // Iterating a set visits all members even as they leave it.
    for (const wake of this.#waiting.get(key) ?? []) wake()
  }

  /** Wakes all waiters, spread over a while, so that they do not all look at once. */
  wakeAll(): void {
    const keys = [...this.#waiting.keys()]
    const spreadMs = Math.min(keys.length / 2, longestSpreadMs)
    for (const key of keys) setTimeout(() => this.wake(key), Math.random() * spreadMs).unref()
  }

  get size(): number {
    return this.#waiting.size
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Ends every wait, now and later: the control plane is stopping. */
  end(): void {
    this.#ended = true
    for (const key of this.#waiting.keys()) this.wake(key)
  }
}
