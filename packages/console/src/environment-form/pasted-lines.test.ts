import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { pastedLines } from './pasted-lines.ts'

test('turns the lines of an env file into names and values', () => {
  const text = '# ours\nA=1\r\n\nexport B="two words"\n  C=x=y\nD=\n'
  expect(pastedLines(text)).toEqual([
    ['A', '1'],
    ['B', 'two words'],
    ['C', 'x=y'],
    ['D', ''],
  ])
})

test.each(['A', '', '# only words', 'A=1\nnot a line', 'two words=1'])('pastes %j unchanged', (text) => {
  expect(pastedLines(text)).toBeNull()
})

test('property: any text gives only names that a shell accepts', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const [name] of pastedLines(text) ?? []) expect(name).toMatch(/^[A-Za-z_]\w*$/)
    }),
  )
})
