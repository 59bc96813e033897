import { describe, expect, test } from 'vitest'
import { testClock } from '../testing/test-clock.ts'
import { FailedAttempts } from './failed-attempts.ts'

const limits = { each: { burst: 3, everyMs: 10_000 }, all: { burst: 5, everyMs: 1_000 }, networks: 4 }

const failedSoOften = (attempts: FailedAttempts, network: string, times: number) =>
  Array.from({ length: times }, () => attempts.failed(network))

describe('wrong tokens from one network', () => {
  test('may come a few at once, then one at intervals; waiting the stated time allows another attempt', () => {
    const clock = testClock()
    const attempts = new FailedAttempts(clock.now, limits)
    expect(failedSoOften(attempts, 'a', 5)).toEqual([null, null, null, 10, 10])
    clock.advance(9_999)
    expect(attempts.failed('a')).toBe(1)
    clock.advance(1)
    expect(failedSoOften(attempts, 'a', 2)).toEqual([null, 10])
    clock.advance(24 * 60 * 60 * 1000)
    expect(failedSoOften(attempts, 'a', 4)).toEqual([null, null, null, 10])
  })

  test('do not count for another network', () => {
    const attempts = new FailedAttempts(testClock().now, limits)
    failedSoOften(attempts, 'a', 4)
    expect(attempts.failed('b')).toBeNull()
  })
})

describe('wrong tokens from all networks', () => {
  test('share one limit, whatever the network; rejected attempts are not counted', () => {
    const clock = testClock()
    const attempts = new FailedAttempts(clock.now, limits)
    expect(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((network) => attempts.failed(network))).toEqual([
      ...Array.from({ length: 5 }, () => null),
      1,
      1,
    ])
    clock.advance(1_000)
    expect(attempts.failed('g')).toBeNull()
  })

  test('use memory for a limited number of networks: the one that failed longest ago is forgotten', () => {
    const clock = testClock()
    const attempts = new FailedAttempts(clock.now, { ...limits, all: { burst: 1000, everyMs: 1 } })
    failedSoOften(attempts, 'kept', 3)
    for (let i = 0; i < 50; i++) {
      attempts.failed(`network-${i}`)
      expect(attempts.size).toBeLessThanOrEqual(4)
    }
    expect(attempts.failed('network-49')).toBeNull()
    expect(attempts.failed('kept')).toBeNull()
  })
})
