import { newId, PagingToken } from '@fairlead/contract'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readToken, writeToken } from './paging.ts'

const key = fc.stringMatching(/^[a-z]{2,5}_[0-9a-z_]{1,64}$/)

test('a token gives back the key that it was made from', () => {
  fc.assert(
    fc.property(key, (text) => {
      expect(readToken(PagingToken.parse(writeToken(text)))).toBe(text)
    }),
  )
  expect(readToken(writeToken(newId('cld')))).toMatch(/^cld_/)
})

test('any other text is no token', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string().map(writeToken)), (text) => {
      const isToken = PagingToken.safeParse(text).success
      expect(isToken).toBe(isToken && writeToken(readToken(text)) === text && /^[a-z]{2,5}_/.test(readToken(text)))
    }),
  )
})
