/** Follows one resource: yields it whenever it has changed. Events wake the watch; a slow poll is the fallback. */
import { isProblem } from '@fairlead/contract/problems'
import { sleep } from './backoff.ts'
import type { Change } from './events.ts'

export interface WatchOptions<Resource> {
  readonly read: (signal: AbortSignal) => Promise<Resource>
  readonly changes: (signal: AbortSignal) => AsyncIterable<Change>
  readonly concerns: (change: Change) => boolean
  readonly pollMs: number
  readonly signal: AbortSignal
}

/** Polls at most this often, however many events come. */
const shortestPause = 100

/** How long the control plane may be away before a watch gives up: it may restart, or be upgraded. */
const patienceMs = 60_000

export async function* watch<Resource>(options: WatchOptions<Resource>): AsyncGenerator<Resource> {
  const listening = new AbortController()
  const signal = AbortSignal.any([options.signal, listening.signal])
  const bell = new Bell()
  const ended = ring(bell, options, signal)
  try {
    for (let last = ''; ;) {
      const resource = await readPatiently(options)
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

async function readPatiently<Resource>({ read, pollMs, signal }: WatchOptions<Resource>): Promise<Resource> {
  const began = Date.now()
  for (;;) {
    try {
      return await read(signal)
    } catch (error) {
      if (!isProblem(error) || !error.row.retry || Date.now() - began >= patienceMs) throw error
    }
    await sleep(pollMs, signal)
  }
}

async function ring<Resource>(bell: Bell, options: WatchOptions<Resource>, signal: AbortSignal): Promise<void> {
  try {
    for await (const change of options.changes(signal)) if (options.concerns(change)) bell.ring()
  } catch {
    // Without events the poll remains, and any problem that matters shows up in the next read too.
  }
}

class Bell {
  #rung = new AbortController()

  ring(): void {
    this.#rung.abort()
  }

  /** Waits until it rings or the time is up; an abort ends the wait with its reason. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    await sleep(Math.min(shortestPause, milliseconds), signal)
    const left = Math.max(milliseconds - shortestPause, 0)
    await sleep(left, AbortSignal.any([signal, this.#rung.signal])).catch(() => signal.throwIfAborted())
    this.#rung = new AbortController()
  }
}
