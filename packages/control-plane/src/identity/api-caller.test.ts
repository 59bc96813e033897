/** Who a request is from, as its Authorization header says. */
import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Reader } from '../store/store.ts'
import { recogniseApiCaller } from './api-caller.ts'
import { hashToken, mintToken } from './secret-token.ts'

/** The hashes that were looked for, in a database without a token. */
async function lookedFor(authorization: string | undefined): Promise<readonly string[]> {
  const hashes: string[] = []
  const apiTokens: Pick<Reader['apiTokens'], 'byHash'> = {
    byHash: async (hash) => {
      hashes.push(hash)
      return null
    },
  }
  const error: unknown = await recogniseApiCaller({ apiTokens } as Reader, authorization, 0).catch((it: unknown) => it)
  const code = authorization === undefined ? 'TOKEN_MISSING' : 'TOKEN_INVALID'
  expect(isProblem(error, code)).toBe(true)
  expect(Object.keys(isProblem(error) ? error.facts : {})).toEqual([])
  return hashes
}

test('a token is read after `Bearer` in any case, and any number of spaces (RFC 9110, section 11.4)', async () => {
  const spaces = fc.integer({ min: 1, max: 20 }).map((count) => ' '.repeat(count))
  await fc.assert(
    fc.asyncProperty(fc.mixedCase(fc.constant('bearer')), spaces, async (scheme, space) => {
      const { text } = mintToken('flt')
      expect(await lookedFor(`${scheme}${space}${text}`)).toEqual([hashToken(text)])
    }),
  )
})

test('S9: any other header is TOKEN_INVALID, and nothing is looked for in the database', async () => {
  const { text: token } = mintToken('flt')
  const part = fc.constantFrom(
    'Bearer',
    'Basic',
    ' ',
    '\t',
    ',',
    '=',
    token,
    token.slice(0, -1),
    'flt_',
    '\n',
    '\u00e9',
  )
  const near = fc.constantFrom(`Bearer${token}`, `Bearer\t${token}`, `Bearer ${token} `, ` Bearer ${token}`, token)
  const bytes = fc.uint8Array().map((all) => Buffer.from(all).toString('latin1'))
  await fc.assert(
    fc.asyncProperty(fc.oneof(near, fc.string({ unit: part, maxLength: 6 }), bytes), async (header) => {
      fc.pre(!new RegExp(`^bearer +${token}$`, 'i').test(header))
      expect(await lookedFor(header)).toEqual([])
    }),
  )
  expect(await lookedFor(undefined)).toEqual([])
})

test.each([' ', 'Bearer ', 'x', '\t'])('S9: a mebibyte of %j is read in linear time', async (unit) => {
  const long = unit.repeat(2 ** 20 / unit.length)
  expect(await lookedFor(`Bearer ${long}`)).toEqual([])
  expect(await lookedFor(`Bearer ${long}x y`)).toEqual([])
})
