import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, type JsonValue } from './canonical-json.ts'

test('matches the example of RFC 8785, section 3.2.2', () => {
  const value = {
    numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  }
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
})

test('sorts keys by UTF-16 code units, as in RFC 8785, section 3.2.3', () => {
  const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6']
  const value = Object.fromEntries(keys.map((key) => [key, 0]))
  const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']
  expect(Object.keys(JSON.parse(canonicalJson(value)) as object).filter((key) => key !== '1')).toEqual(
    sorted.filter((key) => key !== '1'),
  )
  expect(canonicalJson(value)).toBe(`{${sorted.map((key) => `${JSON.stringify(key)}:0`).join(',')}}`)
})

test('prints minus zero as zero, and keeps a nested key `__proto__`', () => {
  expect(canonicalJson(-0)).toBe('0')
  expect(canonicalJson(JSON.parse('{"b":{"__proto__":[1]},"a":""}') as JsonValue)).toBe(
    '{"a":"","b":{"__proto__":[1]}}',
  )
})

test.each([[Number.NaN], [Infinity], ['\ud800'], [{ '\udfff': 1 }], [[undefined]], [1n]])(
  '%s has no canonical form',
  (value) => {
    expect(() => canonicalJson(value as unknown as JsonValue)).toThrow(TypeError)
  },
)

test('omits an undefined member, as on the wire', () => {
  const value = { b: undefined, a: [{ c: undefined }] }
  expect(canonicalJson(value)).toBe(JSON.stringify(value))
})

const json = fc.jsonValue({ stringUnit: 'grapheme' }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue)

test('it round-trips, and is a fixed point', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value)
      expect(JSON.parse(text)).toEqual(value)
      expect(canonicalJson(JSON.parse(text) as JsonValue)).toBe(text)
    }),
  )
})

test('does not depend on the order in which keys were set', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.integer()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse())
      expect(canonicalJson(reversed)).toBe(canonicalJson({ ...value }))
    }),
  )
})
