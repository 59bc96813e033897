/** S25: people also read JSON for programs on terminals. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonText } from './json-text.ts'

test('escapes terminal control characters, and keeps the value', () => {
  const value = { image: '\u009b31mred\u009d0;title\u0007 \u202egnp.exe \u2028 \u{e0041} ray' }
  const text = jsonText(value)
  expect(text).toBe(String.raw`{"image":"\u009b31mred\u009d0;title\u0007 \u202egnp.exe \u2028 \udb40\udc41 ray"}`)
  expect(JSON.parse(text)).toEqual(value)
})

test('keeps text of any language readable', () => {
  expect(jsonText({ name: 'Zürich 東京 🚀' })).toBe('{"name":"Zürich 東京 🚀"}')
})

test('any value survives it, and nothing in it moves the cursor', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = jsonText(value, indent)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
    }),
  )
})
