import { expect, test } from 'vitest'
import { mask, wrap } from './narrator.ts'

test('prose is wrapped between words', () => {
  expect(wrap('one two  three\nfour', 9)).toEqual(['one two', 'three', 'four'])
  expect(wrap('averylongword short', 5)).toEqual(['averylongword', 'short'])
})

test('a masked secret shows its ends alone', () => {
  expect(mask('swordfish-0123456789')).toBe('swor…89')
})
