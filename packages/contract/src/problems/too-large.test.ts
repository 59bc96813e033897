import { expect, test } from 'vitest'
import { tooLarge } from './too-large.ts'

test('a file that is too large is reported with its size and the limit', () => {
  expect(tooLarge(2_097_153, 1_048_576)).toBe('it has 2,097,153 bytes, and no more than 1,048,576 are read')
  expect(tooLarge(null, 262_144)).toBe('no more than 262,144 bytes are read')
})
