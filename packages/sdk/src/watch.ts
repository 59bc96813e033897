/** Follows one resource: yields it whenever it has changed. Events wake the watch; a slow poll is the net below them. */
import type { Change } from './events.ts'

export interface WatchOptions<Resource> {
  readonly read: (signal: AbortSignal) => Promise<Resource>
  readonly changes: (signal: AbortSignal) => AsyncIterable<Change>
  readonly concerns: (change: Change) => boolean
  readonly pollMs: number
  readonly signal: AbortSignal
}

/** Reads at most this often, however many events come. */
const shortestPause = 100

export async function* watch<Resource>(options: WatchOptions<Resource>): AsyncGenerator<Resource> {
  const listening = new AbortController()
  const signal = AbortSignal.any([options.signal, listening.signal])
  const bell = new Bell()
  const ended = ring(bell, options, signal)
  try {
    for (let last = ''; ;) {
      const resource = await options.read(options.signal)
      const text = JSON.stringify(resource)
      if (text !== last) yield resource
      last = text
      await bell.wait(options.pollMs, options.signal)
    }
  } finally {
    listening.abort()
    await ended
  }
}

async function ring<Resource>(bell: Bell, options: WatchOptions<Resource>, signal: AbortSignal): Promise<void> {
  try {
    for await (const change of options.changes(signal)) if (options.concerns(change)) bell.ring()
  } catch {
    // Without events the poll remains, and a problem that matters meets the next read as well.
  }
}

class Bell {
  #rung = false
  #wake: () => void = () => {}

  ring(): void {
    this.#rung = true
    this.#wake()
  }

  /** Until it rings, or the time is up; an abort ends the wait with its reason. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    await this.#pause(Math.min(shortestPause, milliseconds), signal, false)
    if (!this.#rung) await this.#pause(milliseconds - shortestPause, signal, true)
    this.#rung = false
  }

  async #pause(milliseconds: number, signal: AbortSignal, wakes: boolean): Promise<void> {
    signal.throwIfAborted()
    if (milliseconds <= 0) return
    await new Promise<void>((resolve, reject) => {
      const finish = (end: () => void) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        this.#wake = () => {}
        end()
      }
      const onAbort = () => finish(() => reject(signal.reason as Error))
      const timer = setTimeout(() => finish(resolve), milliseconds)
      signal.addEventListener('abort', onAbort, { once: true })
      if (wakes) this.#wake = () => finish(resolve)
    })
  }
}
