import { expect, test } from 'vitest'
import { offsetOf } from './server-clock.ts'

const date = 'Sun, 29 Nov 2026 12:00:00 GMT'
const served = Date.parse(date)
const hour = 3_600_000

test('corrects a clock that is hours wrong by the Date of an answer', () => {
  expect(offsetOf(date, served + 3 * hour, served + 3 * hour)).toBe(-3 * hour)
  expect(offsetOf(date, served - hour - 50, served - hour + 50)).toBe(hour)
})

test('does not adjust a correct clock for the latency of an answer or the rest of its second', () => {
  expect(offsetOf(date, served + 200, served + 999)).toBe(0)
  expect(offsetOf(date, served - 20_000, served + 500)).toBe(0)
})

test('learns nothing from an answer without a Date', () => {
  expect(offsetOf(null, served, served)).toBeNull()
  expect(offsetOf('yesterday', served, served)).toBeNull()
})
