import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const now = Date.parse('2026-11-24T12:00:00Z')

test.each([
  ['120', 120_000],
  ['5', 5000],
  ['0', 0],
  [' 0 ', 0],
  ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
  ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
  ['-1', null],
  ['1.5', null],
  ['1e3', null],
  ['soon', null],
  ['2026-01-01', null],
  ['', null],
  ['99999999999999999999', null],
  ['Xxx, 99 Zzz 2026 99:99:99 GMT', null],
  [null, null],
])('Retry-After: %s', (header, milliseconds) => {
  expect(retryAfterMs(header, now)).toBe(milliseconds)
})

test('S9: reads a non-negative number of milliseconds or nothing from any Retry-After', () => {
  const text = fc.oneof(
    fc.string(),
    fc.date().map((date) => (Number.isNaN(date.getTime()) ? '' : date.toUTCString())),
  )
  fc.assert(
    fc.property(text, (header) => {
      const pauseMs = retryAfterMs(header, now)
      expect(pauseMs === null || (pauseMs >= 0 && Number.isFinite(pauseMs))).toBe(true)
    }),
  )
})
