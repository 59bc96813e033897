/** Reads each secret once for all concurrent pulls that want it, and caches it for a short while, in memory only. */
import { type SecretReference } from '@fairlead/contract/names'
import { isProblem, type Problem } from '@fairlead/contract/problems'
import type { LoginReach } from '@fairlead/contract/wire'
import type { OnReach } from '../match/bind-to.ts'
import { untilAborted } from '../process/until-aborted.ts'
import type { ReadOptions, ReadSecret, SecretReader } from './secret-reader.ts'

export interface KeepTimes {
  readonly successMs: number
  /** A refusal is cached, too: N pulls of one bad secret cause one request. */
  readonly refusalMs: number
  /** The time limit for one read, whoever waits for it. */
  readonly readMs: number
}

export const defaultKeepTimes: KeepTimes = { successMs: 5 * 60_000, refusalMs: 10_000, readMs: 30_000 }

interface Read {
  readonly result: Promise<ReadSecret>
  readonly fresh: boolean
  /** Counts up: a read that finishes after a later one delivers older data. */
  readonly order: number
  readonly begunAt: number
  readonly progress: Progress
  /** Set once the read has finished, if it ended in a refusal. */
  refusal: Problem | null
}

/** How far a read got, for all callers that wait for it: a later one learns it at once. */
class Progress {
  readonly #watchers = new Set<OnReach>()
  readonly #reached = new Set<LoginReach>()

  readonly onReach: OnReach = (reach) => {
    this.#reached.add(reach)
    for (const watcher of this.#watchers) watcher(reach)
  }

  async during<Value>(result: Promise<Value>, watcher: OnReach): Promise<Value> {
    for (const reach of this.#reached) watcher(reach)
    this.#watchers.add(watcher)
    try {
      return await result
    } finally {
      this.#watchers.delete(watcher)
    }
  }
}

const until = ({ result, progress }: Read, { signal, onReach = () => undefined }: ReadOptions): Promise<ReadSecret> =>
  progress.during(untilAborted(result, signal), onReach)

/** With these codes, the service asks every caller to wait. */
const patience = ['SECRET_MANAGER_THROTTLED', 'SECRET_MANAGER_FAILED', 'NODE_IDENTITY_UNAVAILABLE'] as const

/** The cause of a refusal may have been fixed between the read and the request. */
function isOutdated({ begunAt, refusal }: Read, askedAt: number): boolean {
  return refusal !== null && begunAt < askedAt && !patience.some((code) => refusal.code === code)
}

export function singleFlight(reader: SecretReader, times: KeepTimes = defaultKeepTimes): SecretReader {
  const flights = new Map<string, Read>()
  const kept = new Map<string, Read>()
  let order = 0

  const keep = (key: string, read: Read, milliseconds: number): void => {
    if ((kept.get(key)?.order ?? 0) > read.order) return
    kept.set(key, read)
    setTimeout(() => {
      if (kept.get(key) === read) kept.delete(key)
    }, milliseconds).unref()
  }

  const start = (key: string, reference: SecretReference, fresh: boolean): Read => {
    const progress = new Progress()
    const { onReach } = progress
    const result = reader.read(reference, { signal: AbortSignal.timeout(times.readMs), fresh, onReach })
    order += 1
    const read: Read = { result, fresh, order, begunAt: performance.now(), progress, refusal: null }
    flights.set(key, read)
    const land = () => {
      if (flights.get(key) === read) flights.delete(key)
    }
    result.then(
      () => {
        keep(key, read, times.successMs)
        land()
      },
      (error: unknown) => {
        if (isProblem(error)) {
          read.refusal = error
          keep(key, read, times.refusalMs)
        }
        land()
      },
    )
    return read
  }

  const shared: SecretReader = {
    async read(reference: SecretReference, options: ReadOptions): Promise<ReadSecret> {
      const { signal, fresh = false, askedAt = 0 } = options
      const key = JSON.stringify(reference)
      const flight = flights.get(key)
      // A fresh read must begin after it was requested, so it can share only another fresh one.
      if (flight && (flight.fresh || !fresh)) {
        try {
          return await until(flight, options)
        } catch (error) {
          if (signal.aborted || !isOutdated(flight, askedAt)) throw error
          return shared.read(reference, options)
        }
      }
      const known = fresh ? undefined : kept.get(key)
      if (known && !isOutdated(known, askedAt)) return { ...(await until(known, options)), kept: true }
      return until(start(key, reference, fresh), options)
    },
  }
  return shared
}
