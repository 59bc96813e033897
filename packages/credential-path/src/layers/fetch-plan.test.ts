import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ByteRange } from '../registry/image/pull-ticket.ts'
import { gapsBetween, helpfulConnections, mayConnect, mayGoOn, nextPiece, withSpan, type Ranges } from './fetch-plan.ts'

const mebibyte = 1024 * 1024
const lengthOf = ({ start, end }: ByteRange): number => end - start

/** All pieces of a blob, each handed out while the ones before are still being fetched. */
function allPieces(size: number, width: number, ranges: Ranges): readonly ByteRange[] {
  const taken: ByteRange[] = []
  for (;;) {
    const missing = gapsBetween(taken, size)
    const piece = nextPiece({
      size,
      missing,
      others: ranges === 'served' ? taken.length : 0,
      width,
      ranges,
    })
    if (piece === null) return taken
    taken.push(piece)
  }
}

const sizes = fc.integer({ min: 1, max: 20_000 * mebibyte })
const widths = fc.integer({ min: 1, max: 16 })

describe('the pieces of a blob', () => {
  test('cover it in order, without a gap or an overlap', () => {
    fc.assert(
      fc.property(sizes, widths, fc.constantFrom<Ranges>('unknown', 'served', 'ignored'), (size, width, ranges) => {
        const pieces = allPieces(size, width, ranges)
        // With others in flight, a small blob gets no second piece: the first is all of it.
        expect(pieces[0]?.start).toBe(0)
        expect(pieces.at(-1)?.end).toBe(size)
        for (const [index, piece] of pieces.entries()) expect(piece.start).toBe(pieces[index - 1]?.end ?? 0)
      }),
      { numRuns: 50 },
    )
  })

  test('are neither so small that requests cost more than bytes, nor so large that an engine waits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16 * mebibyte, max: 20_000 * mebibyte }),
        fc.integer({ min: 1, max: 16 }),
        (size, width) => {
          for (const piece of allPieces(size, width, 'served')) {
            expect([piece.start, piece.end].every(Number.isInteger)).toBe(true)
            expect(lengthOf(piece)).toBeGreaterThanOrEqual(4 * mebibyte)
            expect(lengthOf(piece)).toBeLessThan((Math.max(16, Math.ceil(64 / width)) + 4) * mebibyte)
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  test.for([
    ['a small blob', { size: 15 * mebibyte, width: 8, ranges: 'served' }],
    ['a registry without Range', { size: 900 * mebibyte, width: 8, ranges: 'ignored' }],
  ] as const)('are one for %s', ([, { size, width, ranges }]) => {
    const whole = [{ start: 0, end: size }]
    expect(nextPiece({ size, width, ranges, missing: whole, others: 0 })).toEqual(whole[0])
    expect(nextPiece({ size, width, ranges, missing: whole, others: 1 })).toBeNull()
  })

  test('are fetched one at a time until the registry has served a range', () => {
    const asked = {
      size: 900 * mebibyte,
      width: 8,
      ranges: 'unknown',
      missing: [{ start: 0, end: 900 * mebibyte }],
    } as const
    expect(nextPiece({ ...asked, others: 0 })).toEqual({ start: 0, end: 16 * mebibyte })
    expect(nextPiece({ ...asked, others: 1 })).toBeNull()
  })

  test('begin with what was left behind: with all the rest where the registry has no Range', () => {
    const missing = [
      { start: 100, end: 200 },
      { start: 90 * mebibyte, end: 100 * mebibyte },
    ]
    const asked = { size: 100 * mebibyte, width: 8, missing, others: 0 }
    expect(nextPiece({ ...asked, ranges: 'served' })).toEqual({ start: 100, end: 200 })
    expect(nextPiece({ ...asked, ranges: 'ignored' })).toEqual({ start: 100, end: 100 * mebibyte })
  })
})

describe('connections', () => {
  test.for([
    [600_000_000, 1],
    [118_000_000, 1],
    [90_000_000, 2],
    [60_000_000, 2],
    [30_000_000, 5],
    [1, 8],
  ] as const)('at %s bytes per second help up to %s', ([fastest, connections]) => {
    expect(helpfulConnections({ bytesPerSecond: fastest, fastest, open: 1, busy: 0.1 })).toBe(connections)
  })

  test.for([
    [1, 0.95, 1],
    [1, 0.6, 2],
    [2, 0.9, 2],
    [3, 0.95, 3],
    [3, 0.5, 6],
  ] as const)(
    'that keep this process busy get no company: %s, at %s of its time, help up to %s',
    ([open, busy, connections]) => {
      expect(helpfulConnections({ bytesPerSecond: 1, fastest: 1, open, busy })).toBe(connections)
    },
  )

  test.for([
    [2, 0.4, 1],
    [4, 0.5, 2],
    [8, 0.8, 7],
  ] as const)(
    'that share this process become fewer: %s that each bring %s of what one did help up to %s',
    ([open, part, connections]) => {
      expect(helpfulConnections({ bytesPerSecond: part * 1000, fastest: 1000, open, busy: 0.95 })).toBe(connections)
    },
  )

  test('whose registry is slow stay, however little each brings', () => {
    expect(helpfulConnections({ bytesPerSecond: 400, fastest: 1000, open: 5, busy: 0.5 })).toBe(8)
  })

  test('are at least one for each blob, and together no more than the registry bears', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        widths,
        fc.array(fc.nat(19), { maxLength: 200 }),
        (blobs, width, asks) => {
          const own = Array.from({ length: blobs }, () => 0)
          const open = (): number => own.reduce((sum, count) => sum + count, 0)
          for (const ask of asks) {
            const blob = ask % blobs
            if (mayConnect(own[blob]!, open(), width)) own[blob] = own[blob]! + 1
            else if (!mayGoOn(own[blob]!, open(), width)) own[blob] = own[blob]! - 1
          }
          expect(own.every((count) => count <= width)).toBe(true)
          // After every connection has reached the end of its piece:
          for (let blob = 0; blob < blobs; blob++)
            while (own[blob]! > 0 && !mayGoOn(own[blob]!, open(), width)) own[blob]!--
          expect(open()).toBeLessThanOrEqual(Math.max(width, blobs))
        },
      ),
    )
  })
})

describe('received spans', () => {
  test('and their gaps are the whole, whatever the order of arrival', () => {
    const spans = fc.array(
      fc.tuple(fc.nat(150), fc.integer({ min: 1, max: 30 })).map(([start, length]) => ({ start, end: start + length })),
    )
    fc.assert(
      fc.property(spans, (added) => {
        const there = added.reduce<readonly ByteRange[]>(withSpan, [])
        const has = (at: number, all: readonly ByteRange[]): boolean =>
          all.some(({ start, end }) => start <= at && at < end)
        const gaps = gapsBetween(there, 100)
        for (let at = 0; at < 100; at++) {
          expect(has(at, there)).toBe(has(at, added))
          expect(has(at, gaps)).toBe(!has(at, added))
        }
        // In order, and joined.
        for (const [index, span] of there.entries()) expect(span.start).toBeGreaterThan(there[index - 1]?.end ?? -1)
      }),
    )
  })
})
