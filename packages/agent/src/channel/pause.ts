/** A wait that can be cut short, by a signal or by news. */

/** Resolves after the time or when the signal is aborted, whichever comes first; never throws. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Wake().wait(ms, signal)
}

/** One waiter; a wake-up before the wait is not lost. */
export class Wake {
  #woken = Promise.withResolvers<void>()

  readonly wake = (): void => this.#woken.resolve()

  /** Resolves when woken, after the time, or when the signal is aborted; never throws. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const timer = setTimeout(this.wake, ms)
    signal.addEventListener('abort', this.wake, { once: true })
    if (signal.aborted) this.wake()
    await this.#woken.promise
    clearTimeout(timer)
    signal.removeEventListener('abort', this.wake)
    this.#woken = Promise.withResolvers()
  }
}
