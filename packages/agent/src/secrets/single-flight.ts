/** Reads each secret once for all pulls that want it at the same time, and keeps what was read for a short while, in memory only. */
import { isProblem, type SecretReference } from '@fairlead/contract'
import { untilAborted } from '../until-aborted.ts'
import type { ReadOptions, ReadSecret, SecretReader } from './secret-reader.ts'

export interface KeepTimes {
  readonly successMs: number
  /** A refusal is kept, too: N pulls of one bad secret are one question. */
  readonly refusalMs: number
  /** One read may take this long, whoever waits for it. */
  readonly readMs: number
}

export const defaultKeepTimes: KeepTimes = { successMs: 5 * 60_000, refusalMs: 10_000, readMs: 30_000 }

interface Read {
  readonly result: Promise<ReadSecret>
  readonly fresh: boolean
  /** Counts up: a read that lands after a later one brings what is older. */
  readonly order: number
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
    const result = reader.read(reference, { signal: AbortSignal.timeout(times.readMs), fresh })
    order += 1
    const read: Read = { result, fresh, order }
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
        if (isProblem(error)) keep(key, read, times.refusalMs)
        land()
      },
    )
    return read
  }

  return {
    async read(reference: SecretReference, { signal, fresh = false }: ReadOptions): Promise<ReadSecret> {
      const key = JSON.stringify(reference)
      const flight = flights.get(key)
      // A fresh read must begin after it was asked for, so it shares only another fresh one.
      if (flight && (flight.fresh || !fresh)) return untilAborted(flight.result, signal)
      const known = fresh ? undefined : kept.get(key)
      if (known) return { ...(await untilAborted(known.result, signal)), kept: true }
      return untilAborted(start(key, reference, fresh).result, signal)
    },
  }
}
