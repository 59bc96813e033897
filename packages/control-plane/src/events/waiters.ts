/** Requests that wait for a change: woken as soon as it is committed, or at the latest by a timer. */
const longestSpreadMs = 5000

export class Waiters<Key> {
  readonly #waiting = new Map<Key, Set<() => void>>()
  #ended = false

  /** True if woken, false if time ran out or the caller disconnected. */
  wait(key: Key, milliseconds: number, signal: AbortSignal): Promise<boolean> {
    if (this.#ended || signal.aborted || milliseconds <= 0) return Promise.resolve(false)
    return new Promise((resolve) => {
      const set = this.#waiting.get(key) ?? new Set()
      this.#waiting.set(key, set)
      const end = (woken: boolean) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', gone)
        set.delete(wake)
        if (set.size === 0 && this.#waiting.get(key) === set) this.#waiting.delete(key)
        resolve(woken)
      }
      const wake = () => end(!this.#ended)
      const gone = () => end(false)
      const timer = setTimeout(gone, milliseconds)
      signal.addEventListener('abort', gone, { once: true })
      set.add(wake)
    })
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
