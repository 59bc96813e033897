import { newId } from '@fairlead/contract/names'
import { PagingToken } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readToken, sliceWhere, writeToken } from './paging.ts'

const key = fc.stringMatching(/^[a-z]{2,5}_[0-9a-z_]{1,64}$/)

test('a token returns the key that it was made from', () => {
  fc.assert(
    fc.property(key, (text) => {
      expect(readToken(PagingToken.parse(writeToken(text)))).toBe(text)
    }),
  )
  expect(readToken(writeToken(newId('cld')))).toMatch(/^cld_/)
})

test('rejects any other text as a token', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string().map(writeToken)), (text) => {
      const isToken = PagingToken.safeParse(text).success
      expect(isToken).toBe(isToken && writeToken(readToken(text)) === text && /^[a-z]{2,5}_/.test(readToken(text)))
    }),
  )
})

test('when the database cannot filter, reading continues until a page is full, with the same result for any page size', async () => {
  const all = Array.from({ length: 1700 }, (_, at) => String(9000 - at))
  const list = async ({ before, limit }: { before: string | null; limit: number }) =>
    all.filter((key) => before === null || key < before).slice(0, limit)
  const fits = (key: string) => Number(key) % 7 === 0
  const wanted = all.filter(fits)
  const itself = (text: string) => text
  for (const limit of [7, 100, 1000]) {
    const found: string[] = []
    for (let before: string | null = null; ; before = found.at(-1) ?? null) {
      const slice = await sliceWhere(list, fits, itself, { before, limit })
      found.push(...slice)
      if (slice.length < limit) break
    }
    expect(found).toEqual(wanted)
  }
})
