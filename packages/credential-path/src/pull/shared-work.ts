/** Work that several callers may wait for: the first one starts it, all see its progress, and it is abandoned only when no caller waits. */
import { interruption } from '../process/until-aborted.ts'

interface Running<Result, Progress> {
  readonly result: Promise<Result>
  readonly stop: AbortController
  readonly watchers: Set<(progress: Progress) => void>
  latest: Progress | null
}

type Start<Result, Progress> = (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<Result>

export class SharedWork<Result, Progress> {
  readonly #running = new Map<string, Running<Result, Progress>>()

  /** The last caller to leave ends the work, and waits until it has ended. */
  async join(
    key: string,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
    start: Start<Result, Progress>,
  ): Promise<Result> {
    if (signal.aborted) throw interruption(signal)
    const running = this.#running.get(key) ?? this.#start(key, start)
    // A separate function, so that a watcher that asks twice counts twice.
    const watcher = (progress: Progress): void => onProgress(progress)
    running.watchers.add(watcher)
    if (running.latest !== null) watcher(running.latest)
    const left = Promise.withResolvers<never>()
    const leave = (): void => {
      running.watchers.delete(watcher)
      if (running.watchers.size > 0) return left.reject(interruption(signal))
      this.#forget(key, running)
      running.stop.abort(interruption(signal))
    }
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([running.result, left.promise])
    } finally {
      signal.removeEventListener('abort', leave)
      running.watchers.delete(watcher)
    }
  }

  #start(key: string, start: Start<Result, Progress>): Running<Result, Progress> {
    const stop = new AbortController()
    const watchers = new Set<(progress: Progress) => void>()
    const tell = (progress: Progress): void => {
      running.latest = progress
      for (const watcher of watchers) watcher(progress)
    }
    // Starts a moment later, once `running` exists to receive progress.
    const result = Promise.resolve().then(() => start(stop.signal, tell))
    const running: Running<Result, Progress> = { result, stop, watchers, latest: null }
    this.#running.set(key, running)
    const forget = (): void => this.#forget(key, running)
    result.then(forget, forget)
    return running
  }

  /** Later callers start again. */
  #forget(key: string, running: Running<Result, Progress>): void {
    if (this.#running.get(key) === running) this.#running.delete(key)
  }
}
