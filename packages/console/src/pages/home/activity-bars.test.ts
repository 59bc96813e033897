import { expect, test } from 'vitest'
import { barsOf, everyHour, sumsOf } from './activity-bars.ts'

const hour = (at: string, part: object) => ({ at, records: 0, failed: 0, mean_ms: null, max_ms: null, ...part })
const activity = {
  since: '2026-11-29T10:00:00.000Z',
  hours: [
    hour('2026-11-29T11:00:00.000Z', { records: 8, failed: 2, mean_ms: 500, max_ms: 900 }),
    hour('2026-11-29T12:00:00.000Z', { records: 4, mean_ms: 2000, max_ms: 3000 }),
  ],
}

test('an hour without records is an empty bar at its place', () => {
  const hours = everyHour(activity, 4)
  expect(hours.map(({ records }) => records)).toEqual([0, 8, 4, 0])
  expect(hours.at(-1)?.at).toBe('2026-11-29T13:00:00.000Z')
})

test('bars are as high as their share of the highest, and failures a part of theirs', () => {
  const hours = everyHour(activity, 3)
  expect(barsOf(hours, 'records').map(({ height, failedHeight }) => [height, failedHeight])).toEqual([
    [0, 0],
    [1, 0.25],
    [0.5, 0],
  ])
  expect(barsOf(hours, 'mean_ms').map(({ height }) => height)).toEqual([0, 0.25, 1])
  expect(barsOf(everyHour({ ...activity, hours: [] }, 2), 'records').map(({ height }) => height)).toEqual([0, 0])
})

test('sums say in words what the bars show', () => {
  expect(sumsOf(activity.hours)).toEqual({ records: 12, failed: 2, longestMs: 3000 })
  expect(sumsOf([])).toEqual({ records: 0, failed: 0, longestMs: null })
})
