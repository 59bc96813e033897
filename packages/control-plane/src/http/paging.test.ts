import { isProblem, newId } from '@fairlead/contract'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { thrown } from '../testing/thrown.ts'
import { readToken, writeToken } from './paging.ts'

test('a token gives back the key that it was made from', () => {
  const id = newId('cld')
  expect(readToken(writeToken(id))).toBe(id)
})

test('any other text is refused as an invalid request, and nothing else is thrown', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
      const error = thrown(() => expect(writeToken(readToken(text))).toBe(text))
      return error === null || isProblem(error, 'REQUEST_INVALID')
    }),
  )
})
