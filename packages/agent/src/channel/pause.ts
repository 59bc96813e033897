/** A wait that can be cut short, by a signal or by news. */

/** Resolves after the time or when the signal is aborted, whichever comes first; never throws. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Wake().wait(ms, signal)
}

/** One waiter; a wake-up before the wait is not lost. */
export class Wake {
  #pending = false
  #resolve: (() => void) | null = null

  wake(): void {
    if (this.#resolve === null) this.#pending = true
    else this.#resolve()
  }

  /** Resolves when woken, after the time, or when the signal is aborted; never throws. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#pending || signal.aborted) {
      this.#pending = false
      return
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#resolve = resolve
    const timer = setTimeout(resolve, ms)
    const onAbort = () => resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    await promise
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    this.#resolve = null
  }
}
