import { expect, test } from 'vitest'
import { sortedPart } from './sorted-part.ts'

const tokens = [
  { name: 'node-10', used: null },
  { name: 'node-9', used: '2026-11-02T00:00:00Z' },
  { name: 'ci', used: '2026-11-01T00:00:00Z' },
]
const names = (sorting: object) => sortedPart(tokens, sorting, { offset: 0 }).results.map(({ name }) => name)

test('sorts as people do, and leaves the order of the list without a column', () => {
  expect(names({})).toEqual(['node-10', 'node-9', 'ci'])
  expect(names({ sort: 'name' })).toEqual(['ci', 'node-9', 'node-10'])
  expect(names({ sort: 'used', order: 'desc' })).toEqual(['node-9', 'ci', 'node-10'])
})

test('says how many there are, whichever part is read', () => {
  const part = sortedPart(
    Array.from({ length: 130 }, (_, at) => ({ at })),
    {},
    { offset: 100 },
  )
  expect(part.results).toHaveLength(30)
  expect(part.metadata.total).toBe(130)
})
