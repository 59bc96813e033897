import { expect, test } from 'vitest'
import { mask, wrap } from './narrator.ts'

test('wraps prose between words', () => {
  expect(wrap('one two  three\nfour', 9)).toEqual(['one two', 'three', 'four'])
  expect(wrap('averylongword short', 5)).toEqual(['averylongword', 'short'])
})

test('shows only the ends of a masked secret', () => {
  expect(mask('swordfish-0123456789')).toBe('swor…89')
})
