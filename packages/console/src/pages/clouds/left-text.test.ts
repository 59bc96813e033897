import { expect, test } from 'vitest'
import { leftText } from './left-text.ts'

test('time that is left is told to the second, and is over when none is', () => {
  expect(leftText(900_000, 0)).toBe('15:00 min')
  expect(leftText(900_000, 838_001)).toBe('1:02 min')
  expect(leftText(900_000, 899_500)).toBe('0:01 min')
  expect(leftText(900_000, 900_000)).toBeNull()
})
