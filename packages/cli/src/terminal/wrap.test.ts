import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { reflowed, wrapped } from './wrap.ts'

test('makes no line wider than the terminal except for one long word, and loses no word', () => {
  const word = fc.stringMatching(/^[a-z`-]{1,12}$/)
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 60 }), (words, width) => {
      const lines = wrapped(words.join(' '), width)
      expect(lines.join(' ')).toBe(words.join(' '))
      for (const line of lines) expect(line.length <= width || !line.includes(' '), line).toBe(true)
    }),
  )
})

test('rewraps text that was wrapped for a wide terminal, and keeps empty and indented lines', () => {
  expect(reflowed('one two three\nfour five\n\n  a table\nsix', 10)).toBe('one two\nthree four\nfive\n\n  a table\nsix')
  expect(reflowed('one two\nthree', 20)).toBe('one two\nthree')
})
