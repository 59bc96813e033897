/** The hours of a chart: every one of them, also those in which nothing was pulled. Pure. */
import type { PullActivity, PullHour } from '@fairlead/contract/wire'

const hourMs = 3_600_000

export interface Bar {
  readonly at: string
  readonly value: number
  /** The part of it that failed. */
  readonly failed: number
  /** Of the highest bar, from 0 to 1. */
  readonly height: number
  readonly failedHeight: number
}

export function everyHour({ since, hours }: PullActivity, count: number): readonly PullHour[] {
  const byTime = new Map(hours.map((hour) => [Date.parse(hour.at), hour]))
  return Array.from({ length: count }, (_, index) => {
    const time = Date.parse(since) + index * hourMs
    return byTime.get(time) ?? { at: new Date(time).toISOString(), records: 0, failed: 0, mean_ms: null, max_ms: null }
  })
}

export function barsOf(hours: readonly PullHour[], measure: 'records' | 'mean_ms'): readonly Bar[] {
  const highest = Math.max(...hours.map((hour) => hour[measure] ?? 0), 0)
  const share = (value: number) => (highest === 0 ? 0 : value / highest)
  return hours.map((hour) => {
    const value = hour[measure] ?? 0
    const failed = measure === 'records' ? hour.failed : 0
    return { at: hour.at, value, failed, height: share(value), failedHeight: share(failed) }
  })
}

export interface Sums {
  readonly records: number
  readonly failed: number
  /** The longest pull that succeeded; null if there was none. */
  readonly longestMs: number | null
}

export function sumsOf(hours: readonly PullHour[]): Sums {
  const longest = hours.flatMap(({ max_ms }) => (max_ms === null ? [] : [max_ms]))
  return {
    records: hours.reduce((sum, hour) => sum + hour.records, 0),
    failed: hours.reduce((sum, hour) => sum + hour.failed, 0),
    longestMs: longest.length === 0 ? null : Math.max(...longest),
  }
}
