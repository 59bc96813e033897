import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeParts, isCommand } from './code-parts.ts'

test('copies a command whole, but not the name of a field', () => {
  expect(isCommand('fairlead node list')).toBe(true)
  expect(isCommand('sudo usermod -aG docker "$USER"')).toBe(true)
  expect(isCommand('server')).toBe(false)
  expect(isCommand('fairlead')).toBe(false)
  expect(isCommand('fairlead node revoke …')).toBe(false)
})

describe('code in a sentence', () => {
  test('is the text between two backticks, without them', () => {
    expect(codeParts('Set `server`, or see `fairlead node list`.')).toEqual([
      { text: 'Set ', isCode: false },
      { text: 'server', isCode: true },
      { text: ', or see ', isCode: false },
      { text: 'fairlead node list', isCode: true },
      { text: '.', isCode: false },
    ])
  })

  test('keeps a single backtick where it is', () => {
    expect(codeParts('a ` b')).toEqual([{ text: 'a ` b', isCode: false }])
    expect(codeParts('``')).toEqual([{ text: '``', isCode: false }])
  })

  test('loses and adds nothing in any text', () => {
    const text = fc.string({ unit: fc.constantFrom('`', '<b>', 'a', ' ', '\n', '&amp;') })
    fc.assert(
      fc.property(text, (sentence) => {
        const again = codeParts(sentence).map((part) => (part.isCode ? `\`${part.text}\`` : part.text))
        expect(again.join('')).toBe(sentence)
      }),
    )
  })
})
