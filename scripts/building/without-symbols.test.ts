import { describe, expect, test } from 'vitest'
import { withoutSymbols } from './without-symbols.ts'

/** A header, the segment table, their bytes, and data that only debuggers read. */
function program(segments: readonly (readonly [offset: number, size: number])[], length: number): Buffer {
  const bytes = Buffer.alloc(length, 0xee)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1])
  bytes.writeBigUInt64LE(64n, 0x20)
  bytes.writeBigUInt64LE(BigInt(length - 64), 0x28)
  bytes.writeUInt16LE(56, 0x36)
  bytes.writeUInt16LE(segments.length, 0x38)
  for (const [index, [offset, size]] of segments.entries()) {
    bytes.writeBigUInt64LE(BigInt(offset), 64 + index * 56 + 0x08)
    bytes.writeBigUInt64LE(BigInt(size), 64 + index * 56 + 0x20)
  }
  return bytes
}

describe('withoutSymbols', () => {
  test('removes what follows the last segment, whatever their order', () => {
    const [first, last] = [
      [0, 300],
      [512, 100],
    ] as const
    expect(withoutSymbols(program([first, last], 4096))).toHaveLength(612)
    expect(withoutSymbols(program([last, first], 4096))).toHaveLength(612)
  })

  test('the header names no sections any longer, and everything else stays the same', () => {
    const before = program([[0, 400]], 1000)
    const after = withoutSymbols(before)
    expect(after.readBigUInt64LE(0x28)).toBe(0n)
    expect([after.readUInt16LE(0x3c), after.readUInt16LE(0x3e)]).toEqual([0, 0])
    expect(after.subarray(64)).toEqual(before.subarray(64, 400))
  })

  test.each([
    ['text', Buffer.alloc(100, '#!/bin/sh\n')],
    ['a 32-bit program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 1, 0, 0])],
    ['a big-endian program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 2, 0, 0])],
  ])('rejects %s', (_, bytes) => {
    expect(() => withoutSymbols(bytes)).toThrow('not a 64-bit little-endian ELF file')
  })
})
