import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseByteRange } from './byte-range.ts'

describe('a Range header', () => {
  test.for([
    ['bytes=0-', { start: 0, end: 100 }],
    ['bytes=40-', { start: 40, end: 100 }],
    ['bytes=40-49', { start: 40, end: 50 }],
    ['bytes=99-1000', { start: 99, end: 100 }],
    ['bytes=-10', { start: 90, end: 100 }],
    ['bytes=-1000', { start: 0, end: 100 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=50-40', null],
    ['bytes=1-2,4-5', null],
    ['bytes=-', null],
    ['items=1-2', null],
    [undefined, null],
  ] as const)('%s of 100 bytes', ([header, expected]) => {
    expect(parseByteRange(header, 100)).toEqual(expected)
  })

  test('always yields a range within the blob', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^bytes=\d{0,20}-\d{0,20}$/)), fc.nat(), (header, size) => {
        const range = parseByteRange(header, size)
        if (range === null || range === 'unsatisfiable') return
        expect(range.start).toBeGreaterThanOrEqual(0)
        expect(range.start).toBeLessThan(range.end)
        expect(range.end).toBeLessThanOrEqual(size)
      }),
    )
  })
})
