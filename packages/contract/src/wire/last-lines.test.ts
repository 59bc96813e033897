import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable } from '../problems/fact.ts'
import { LastLines } from './last-lines.ts'

test('any container output may be sent once it is made readable', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: anyCharacter, maxLength: 400 }), { maxLength: 50 }), (lines) => {
      expect(LastLines.safeParse(lines.map(printable)).success).toBe(true)
    }),
  )
})

test.each([
  ['what a terminal obeys', ['\u001b[31mred']],
  ['a line end', ['one\ntwo']],
  ['a long line', ['a'.repeat(201)]],
  ['too many lines', Array.from({ length: 51 }, () => 'line')],
])('refuses %s', (_, lines) => {
  expect(LastLines.safeParse(lines).success).toBe(false)
})
