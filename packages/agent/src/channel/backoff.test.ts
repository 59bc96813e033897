/** Backoff times, as properties. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundedRetryAfterMs, fullJitter } from './backoff.ts'

describe('fullJitter', () => {
  test('is never negative and never above the cap, whatever the attempt', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, random) => {
          const waitMs = fullJitter(attempt, { baseMs: 500, capMs: 10_000 }, () => random)
          expect(waitMs).toBeGreaterThanOrEqual(0)
          expect(waitMs).toBeLessThanOrEqual(10_000)
        },
      ),
    )
  })
})

describe('boundedRetryAfterMs', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')

  test.each([
    ['5', 5000],
    ['999999', 300_000],
    ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
    ['Fri, 01 Jan 2027 00:00:00 GMT', 300_000],
    ['soon', null],
    [null, null],
  ])('reads %j as %j', (header, expected) => {
    expect(boundedRetryAfterMs(header, now)).toBe(expected)
  })

  test('returns null or a pause within the limit for any text', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const pauseMs = boundedRetryAfterMs(header, now)
        expect(pauseMs === null || (pauseMs >= 0 && pauseMs <= 300_000)).toBe(true)
      }),
    )
  })
})
