import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMessage, encodeMessage, mapIn, messagesIn, ProtobufError, textIn } from './protobuf.ts'

const fieldNumber = fc.integer({ min: 1, max: 2 ** 29 - 1 })
const text = fc.string({ unit: 'grapheme' })

describe('a message', () => {
  test('is encoded as the format says', () => {
    // From the examples of the documentation: field 2 is "testing".
    expect(Buffer.from(encodeMessage({ 2: 'testing' })).toString('hex')).toBe('120774657374696e67')
    expect(Buffer.from(encodeMessage({ 1: true })).toString('hex')).toBe('0801')
    expect(Buffer.from(encodeMessage({ 3: encodeMessage({ 1: true }) })).toString('hex')).toBe('1a020801')
  })

  test('returns each of its texts by number', () => {
    fc.assert(
      fc.property(fc.dictionary(fieldNumber.map(String), text), (fields) => {
        const message = encodeMessage(fields)
        for (const [number, value] of Object.entries(fields)) expect(textIn(message, Number(number))).toBe(value)
        expect(decodeMessage(message)).toHaveLength(Object.keys(fields).length)
      }),
    )
  })

  test('returns a map and the messages in it', () => {
    fc.assert(
      fc.property(fc.dictionary(text, text), (map) => {
        const entries = Object.entries(map).map(([key, value]) => encodeMessage({ 1: key, 2: value }))
        const message = Buffer.concat(entries.map((entry) => encodeMessage({ 5: entry })))
        expect(mapIn(message, 5)).toEqual(new Map(Object.entries(map)))
        expect(messagesIn(message, 5).map((entry) => Buffer.from(entry))).toEqual(entries)
      }),
    )
  })

  test('leaves out the fields that hold numbers', () => {
    const withNumbers = Buffer.from('08961511000000000000f03f1d0000803f12026869', 'hex')
    expect(textIn(withNumbers, 2)).toBe('hi')
    expect(decodeMessage(withNumbers)).toHaveLength(1)
  })

  test('has the last of several values, as the format says', () => {
    expect(textIn(Buffer.concat([encodeMessage({ 1: 'a' }), encodeMessage({ 1: 'b' })]), 1)).toBe('b')
    expect(textIn(encodeMessage({ 1: 'a' }), 2)).toBeUndefined()
  })
})

describe('bytes that are not a message', () => {
  test.each([
    ['a field that is cut off', '1205746573'],
    ['a length that is cut off', '12'],
    ['a group, which nobody sends', '0b'],
    ['field 0', '0200'],
    ['a number of eleven bytes', '08ffffffffffffffffffff01'],
  ])('are refused: %s', (_, hex) => {
    expect(() => decodeMessage(Buffer.from(hex, 'hex'))).toThrow(ProtobufError)
  })

  test('end in fields or in a refusal, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(bytesIn(bytes)).toBeLessThanOrEqual(bytes.length)
      }),
    )
  })
})

/** How many bytes its fields hold; none if it is refused. */
function bytesIn(message: Uint8Array): number {
  try {
    return decodeMessage(message).reduce((sum, field) => sum + field.bytes.length, 0)
  } catch (error) {
    if (error instanceof ProtobufError) return 0
    throw error
  }
}
