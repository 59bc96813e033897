import { newId } from '@fairlead/contract/names'
import { PagingToken } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Slice } from '../store/query.ts'
import { allWhere, pageOf, readToken, writeToken } from './paging.ts'

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

test('when the database cannot filter, reading continues until there are enough', async () => {
  const all = Array.from({ length: 1700 }, (_, at) => String(9000 - at))
  const list = async ({ offset = 0, limit }: Slice) => all.slice(offset, offset + limit)
  const fits = (key: string) => Number(key) % 7 === 0
  for (const limit of [7, 100, 1000]) {
    expect(await allWhere(list, fits, { before: null, limit })).toEqual(all.filter(fits).slice(0, limit))
  }
})

describe('a list', () => {
  const all = Array.from({ length: 250 }, (_, at) => ({ id: `cld_${String(at).padStart(3, '0')}`, size: at % 7 }))
  const list = async ({ before, offset = 0, order, limit }: Slice) => {
    const sorted = all
      .filter(({ id }) => before === null || id < before)
      .toSorted((a, b) => (order?.by === 'size' ? a.size - b.size : 0) || (a.id < b.id ? -1 : 1))
    return (order?.direction === 'asc' ? sorted : sorted.toReversed()).slice(offset, offset + limit)
  }
  const parts = {
    list,
    keyOf: ({ id }: { id: string }) => id,
    show: (items: { id: string }[]) => items.map(({ id }) => id),
    count: async (limit: number) => Math.min(all.length, limit),
  }

  test.each([
    [{}, null],
    [{ order: 'asc' as const }, { by: null, direction: 'asc' as const }],
    [{ sort: 'size' }, { by: 'size', direction: 'asc' as const }],
  ])('in the order %j contains every item once', async (asked, order) => {
    const expected = await list({ before: null, order, limit: 250 })
    const found: string[] = []
    let paging_token: string | undefined
    do {
      const page = await pageOf({ count: 40, ...asked, paging_token }, parts)
      found.push(...page.results)
      paging_token = page.metadata.next_paging_token ?? undefined
      PagingToken.optional().parse(paging_token)
    } while (paging_token !== undefined)
    expect(found).toEqual(expected.map(({ id }) => id))
  })

  test('is read from any place, with its length if that is asked for', async () => {
    const page = await pageOf({ count: 2, offset: 100, with_total: true }, parts)
    expect(page.results).toEqual(['cld_149', 'cld_148'])
    expect(page.metadata.total).toBe(250)
    expect((await pageOf({ count: 2 }, parts)).metadata).not.toHaveProperty('total')
  })

  test('does not take the token of another order', async () => {
    for (const [given, used] of [
      [{}, { sort: 'size' }],
      [{ sort: 'size' }, {}],
    ]) {
      const token = (await pageOf({ count: 2, ...given }, parts)).metadata.next_paging_token ?? ''
      await expect(pageOf({ count: 2, ...used, paging_token: token }, parts)).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
      })
    }
    const far = writeToken('at_99999')
    await expect(pageOf({ count: 2, sort: 'size', paging_token: far }, parts)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    })
  })
})
