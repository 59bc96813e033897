import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLow, parseRateBudget } from './rate-budget.ts'

test.each([
  ['76;w=21600', '100;w=21600', { remaining: 76, limit: 100 }],
  ['0;w=21600', null, { remaining: 0, limit: null }],
  ['5', 'unlimited', { remaining: 5, limit: null }],
  ['-1', '100', null],
  ['many', '100', null],
  ['1e9', null, null],
  [null, '100', null],
])('ratelimit-remaining %s, ratelimit-limit %s', (remaining, limit, expected) => {
  expect(parseRateBudget(remaining, limit)).toEqual(expected)
})

test.each([
  [{ remaining: 20, limit: 100 }, true],
  [{ remaining: 21, limit: 100 }, false],
  [{ remaining: 10, limit: null }, true],
  [{ remaining: 11, limit: null }, false],
])('%j is low: %s', (budget, low) => {
  expect(isLow(budget)).toBe(low)
})

test('S9: reads a budget of whole numbers or none from any header', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), fc.string(), (remaining, limit) => {
      const budget = parseRateBudget(remaining, limit)
      expect(budget === null || Number.isSafeInteger(budget.remaining)).toBe(true)
    }),
  )
})
