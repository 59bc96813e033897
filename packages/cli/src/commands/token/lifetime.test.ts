import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLifetime } from './lifetime.ts'

const hour = 3_600_000

test.each([
  ['1h', hour],
  ['12h', 12 * hour],
  ['30d', 30 * 24 * hour],
  ['1y', 365 * 24 * hour],
  ['10y', 3650 * 24 * hour],
])('%s is that many hours', (text, milliseconds) => {
  expect(parseLifetime(text)).toBe(milliseconds)
})

test.each([
  '',
  '30',
  'd',
  '0d',
  '-1d',
  '1.5d',
  '01d',
  '1 d',
  ' 1d',
  '1d ',
  '1D',
  '1w',
  '1m',
  '1d12h',
  '١d',
  '11y',
  '3651d',
  '99999h',
  '1e3d',
  '1d\n',
])('%j is none, and the message says what one looks like', (text) => {
  expect(() => parseLifetime(text)).toThrow('such as 12h, 30d or 1y, and at most 10y')
})

test('any text is a positive time of at most ten years, or refused', () => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^\d{1,6}[hdy]$/))
  fc.assert(
    fc.property(texts, (text) => {
      let milliseconds
      try {
        milliseconds = parseLifetime(text)
      } catch {
        return
      }
      expect(milliseconds).toBeGreaterThan(0)
      expect(milliseconds).toBeLessThanOrEqual(3650 * 24 * hour)
      expect(text).toMatch(/^[1-9]\d*[hdy]$/)
    }),
  )
})
