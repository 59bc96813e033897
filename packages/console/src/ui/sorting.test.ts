import { expect, test } from 'vitest'
import { z } from 'zod'
import { ariaSortOf, nextSorting, sortingIn, type AriaSort } from './sorting.ts'

test('each click on a title changes the order, and the third gives back that of the list', () => {
  const clicks = (first: 'asc' | 'desc') => {
    let sorting = {}
    return [1, 2, 3].map((): AriaSort => {
      sorting = nextSorting('name', first, sorting)
      return ariaSortOf('name', sorting)
    })
  }
  expect(clicks('asc')).toEqual(['ascending', 'descending', 'none'])
  expect(clicks('desc')).toEqual(['descending', 'ascending', 'none'])
  expect(nextSorting('name', 'asc', { sort: 'bytes', order: 'desc' })).toEqual({ sort: 'name', order: 'asc' })
})

test('an address that names no column of the table sorts by none', () => {
  const search = z.object(sortingIn('name', 'bytes'))
  expect(search.parse({ sort: 'bytes', order: 'desc' })).toEqual({ sort: 'bytes', order: 'desc' })
  expect(search.parse({ sort: 'secret', order: 'up' })).toEqual({})
})
