/**
 * Serves a few of many callers at a time. Each caller has a separate line and the lines take turns, so a caller that asks a thousand times waits
 * behind itself; when all lines together are full, the last entry of the longest is turned away.
 */
export interface TurnLimits {
  readonly atOnce: number
  /** Less than the total, so that one slow caller leaves turns for the others. */
  readonly atOnceEach: number
  /** Across all lines. */
  readonly waiting: number
}

export interface Turn {
  [Symbol.dispose](): void
}

interface Waiter {
  readonly grant: (turn: Turn | null) => void
  readonly signal: AbortSignal
}

export class FairTurns {
  readonly #limits: TurnLimits
  readonly #running = new Map<string, number>()
  /** In turn order: a line that was served moves to the end. */
  readonly #lines = new Map<string, Waiter[]>()
  #atOnce = 0
  #waiting = 0

  constructor(limits: TurnLimits) {
    this.#limits = limits
  }

  /** Null if the queue is full, or the caller disconnected while waiting. */
  take(asker: string, signal: AbortSignal): Promise<Turn | null> {
    const { promise, resolve } = Promise.withResolvers<Turn | null>()
    const line = this.#lines.get(asker) ?? []
    line.push({ grant: resolve, signal })
    this.#lines.set(asker, line)
    this.#waiting += 1
    this.#giveOut()
    if (this.#waiting > this.#limits.waiting) this.#sendAway()
    return promise
  }

  #giveOut(): void {
    for (let asker = this.#next(); asker !== null; asker = this.#next()) {
      const waiter = this.#leave(asker, 'first')
      if (waiter === undefined || waiter.signal.aborted) waiter?.grant(null)
      else waiter.grant(this.#start(asker))
    }
  }

  #next(): string | null {
    if (this.#atOnce >= this.#limits.atOnce) return null
    for (const asker of this.#lines.keys()) {
      if ((this.#running.get(asker) ?? 0) < this.#limits.atOnceEach) return asker
    }
    return null
  }

  #start(asker: string): Turn {
    this.#atOnce += 1
    this.#running.set(asker, (this.#running.get(asker) ?? 0) + 1)
    return {
      [Symbol.dispose]: () => {
        this.#atOnce -= 1
        const left = (this.#running.get(asker) ?? 1) - 1
        if (left === 0) this.#running.delete(asker)
        else this.#running.set(asker, left)
        this.#giveOut()
      },
    }
  }

  #sendAway(): void {
    const [longest] = [...this.#lines].reduce((one, other) => (other[1].length > one[1].length ? other : one))
    this.#leave(longest, 'last')?.grant(null)
  }

  #leave(asker: string, which: 'first' | 'last'): Waiter | undefined {
    const line = this.#lines.get(asker) ?? []
    const waiter = which === 'first' ? line.shift() : line.pop()
    if (waiter !== undefined) this.#waiting -= 1
    if (which === 'first' || line.length === 0) this.#lines.delete(asker)
    if (which === 'first' && line.length > 0) this.#lines.set(asker, line)
    return waiter
  }
}
