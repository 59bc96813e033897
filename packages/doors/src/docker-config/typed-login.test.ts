import { isProblem } from '@fairlead/contract/problems'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { secretFromTypedLogin } from './typed-login.ts'

interface Outcome {
  readonly written: string
  /** Everything that the problem says, if there is one. */
  readonly said: string
}

function outcomeOf(password: Uint8Array): Outcome {
  const written: string[] = []
  try {
    secretFromTypedLogin({ username: 'robot', password, server: 'registry.example.com' }, (text) => written.push(text))
  } catch (error) {
    if (!isProblem(error)) throw error
    return { written: written.join(''), said: JSON.stringify([error.toDocument(), error.message]) }
  }
  return { written: written.join(''), said: '' }
}

test('whatever is entered, the document holds exactly it, or there is none and the problem quotes none of it', () => {
  const entered = fc.string({ unit: anyCharacter, minLength: 12 }).filter((text) => !/[\r\n]$/.test(text))
  fc.assert(
    fc.property(entered, fc.constantFrom('', '\n', '\r\n'), (password, end) => {
      const { written, said } = outcomeOf(Buffer.from(password + end, 'utf8'))
      const document = { username: 'robot', password, server: 'registry.example.com' }
      expect(written).toBe(said === '' ? `${JSON.stringify(document)}\n` : '')
      expect(said).not.toContain(password)
    }),
  )
})

test('bytes that are not text are refused, never replaced', () => {
  const { written, said } = outcomeOf(Uint8Array.of(0x61, 0xff, 0x62))
  expect(written).toBe('')
  expect(said).toContain('SECRET_FIELD_INVALID')
})
