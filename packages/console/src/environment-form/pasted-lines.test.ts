import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { pastedLines } from './pasted-lines.ts'

test('lines of an env file become names and values', () => {
  const text = '# ours\nA=1\r\n\nexport B="two words"\n  C=x=y\nD=\n'
  expect(pastedLines(text)).toEqual([
    ['A', '1'],
    ['B', 'two words'],
    ['C', 'x=y'],
    ['D', ''],
  ])
})

test.each(['A', '', '# only words', 'A=1\nnot a line', 'two words=1'])('%j is pasted as it is', (text) => {
  expect(pastedLines(text)).toBeNull()
})

test('property: no text makes anything but names that a shell takes', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const [name] of pastedLines(text) ?? []) expect(name).toMatch(/^[A-Za-z_]\w*$/)
    }),
  )
})
