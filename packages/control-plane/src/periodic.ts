/** Work that is repeated until the control plane stops, one run after another. A failed run is reported, and does not prevent the next. */

export class Periodic {
  readonly #onFault: (error: unknown) => void
  readonly #timers: NodeJS.Timeout[] = []
  #running: Promise<void> = Promise.resolve()

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault
  }

  /** Does not keep the process alive. */
  every(everyMs: number, work: () => Promise<void>): void {
    this.#timers.push(setInterval(() => void this.once(work), everyMs).unref())
  }

  /** Returns when it is done, after what began before it. */
  once(work: () => Promise<void>): Promise<void> {
    this.#running = this.#running.then(work).catch(this.#onFault)
    return this.#running
  }

  /** Returns when nothing runs any more. */
  stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    return this.#running
  }
}
