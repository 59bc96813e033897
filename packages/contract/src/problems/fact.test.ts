import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable, printableInFull, printableText } from './fact.ts'

/** Characters that hide or reorder text are a few hundred among a million, so they are drawn as often as all others. */
const turning = fc.constantFrom('\u202e', '\u2066', '\u200b', '\u00ad', '\ufeff', '\u{e0001}', '\u2028', '\u2029')
const anyUnit = fc.oneof(turning, fc.string({ unit: anyCharacter, minLength: 1, maxLength: 1 }))

test('text that moves the cursor, hides or reorders text never gets through, and is cut at 200 (S25)', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyUnit, maxLength: 300 }), (text) => {
      for (const show of [printable, printableText, printableInFull]) {
        expect(show(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
      }
      expect(printable(text).length).toBeLessThanOrEqual(200)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['plain text, as it is: ä 日本 😀', 'plain text, as it is: ä 日本 😀'],
  ['\u001b[31mred\u0007', '\\u001b[31mred\\u0007'],
  ['a\r\nb', 'a\\u000d\\u000ab'],
  ['\u202egpj.exe', '\\u202egpj.exe'],
  ['zero\u200bwidth', 'zero\\u200bwidth'],
  ['lone \ud800', 'lone \\ud800'],
  ['tag \u{e0041}', 'tag \\u{e0041}'],
])('%j is shown as %s', (text, shown) => {
  expect(printable(text)).toBe(shown)
})

test('a character is not cut in two', () => {
  expect(printable(`${'x'.repeat(198)}😀😀`)).toBe(`${'x'.repeat(198)}…`)
  expect(printable('😀'.repeat(100))).toBe('😀'.repeat(100))
  expect(printableInFull(`${'x'.repeat(9)}😀`)).toBe(`${'x'.repeat(9)}😀`)
})

test('a sentence is cut later, and what must be seen to its end never', () => {
  const text = '\u{e0041}'.repeat(30)
  expect(printableText(text)).toBe('\\u{e0041}'.repeat(30))
  expect(printableText('x'.repeat(2001))).toBe(`${'x'.repeat(1999)}…`)
  expect(printableInFull('x'.repeat(3000))).toBe('x'.repeat(3000))
})
