import { afterEach, expect, test, vi } from 'vitest'
import { RecentCounts } from './recent-counts.ts'

afterEach(() => vi.useRealTimers())

test('what meets a condition is counted once a minute', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const counts = new RecentCounts()
  let met = 1
  const now = () => counts.of('a', async () => met)
  expect(await now()).toBe(1)
  met = 2
  vi.advanceTimersByTime(59_000)
  expect(await now()).toBe(1)
  expect(await counts.of('b', async () => met)).toBe(2)
  vi.advanceTimersByTime(2000)
  expect(await now()).toBe(2)
})

test('of many conditions, only so many are remembered', async () => {
  const counts = new RecentCounts()
  for (let at = 0; at < 1001; at++) await counts.of(`${at}`, async () => at)
  expect(await counts.of('0', async () => 7)).toBe(7)
  expect(await counts.of('1000', async () => 7)).toBe(1000)
})
