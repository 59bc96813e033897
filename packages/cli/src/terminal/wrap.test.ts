import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { reflowed, wrapped } from './wrap.ts'

test('no line is wider than the terminal but for one long word, and no word is lost', () => {
  const word = fc.stringMatching(/^[a-z`-]{1,12}$/)
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 60 }), (words, width) => {
      const lines = wrapped(words.join(' '), width)
      expect(lines.join(' ')).toBe(words.join(' '))
      for (const line of lines) expect(line.length <= width || !line.includes(' '), line).toBe(true)
    }),
  )
})

test('what was broken for a wide terminal is broken again; an empty line and an indented one stay', () => {
  expect(reflowed('one two three\nfour five\n\n  a table\nsix', 10)).toBe('one two\nthree four\nfive\n\n  a table\nsix')
  expect(reflowed('one two\nthree', 20)).toBe('one two\nthree')
})
