/** A part of a list that is here as a whole, in the order that a table asks for. Pure. */
import type { Page } from '@fairlead/contract/wire'
import { partSize, type PartOfList, type Sorting } from './use-long-list.ts'

export function sortedPart<Item>(
  items: readonly Item[],
  { sort, order = 'asc' }: Sorting,
  { offset }: Pick<PartOfList, 'offset'>,
): Page<Item> {
  const sorted = sort === undefined ? items : items.toSorted((a, b) => compared(a, b, sort as keyof Item))
  const inOrder = sort !== undefined && order === 'desc' ? sorted.toReversed() : sorted
  return {
    results: inOrder.slice(offset, offset + partSize),
    metadata: { next_paging_token: null, total: items.length },
  }
}

/** Text as people sort it; what is absent comes first. */
function compared<Item>(a: Item, b: Item, column: keyof Item): number {
  const [one, other] = [a[column] ?? '', b[column] ?? '']
  return String(one).localeCompare(String(other), 'en', { numeric: true })
}
