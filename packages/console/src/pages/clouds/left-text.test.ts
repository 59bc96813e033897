import { expect, test } from 'vitest'
import { leftText } from './left-text.ts'

test('shows the time left to the second, and ends when none is left', () => {
  expect(leftText(900_000, 0)).toBe('15:00 min')
  expect(leftText(900_000, 838_001)).toBe('1:02 min')
  expect(leftText(900_000, 899_500)).toBe('0:01 min')
  expect(leftText(900_000, 900_000)).toBeNull()
})
