/** Which column orders a table, and what a click on a column's title makes of it. Pure. */
import type { SortOrder } from '@fairlead/contract/wire'
import { z } from 'zod'
import type { Sorting } from '../queries/use-long-list.ts'

/** In an address: what is not understood is left out. */
export const sortingIn = <const Columns extends readonly [string, ...string[]]>(...columns: Columns) => ({
  sort: z.enum(columns).optional().catch(undefined),
  order: z.enum(['asc', 'desc']).optional().catch(undefined),
})

export type AriaSort = 'ascending' | 'descending' | 'none'

export function ariaSortOf(column: string, { sort, order }: Sorting): AriaSort {
  if (sort !== column) return 'none'
  return order === 'desc' ? 'descending' : 'ascending'
}

/** First the order that people expect of it, then the other one, then again that of the list. */
export function nextSorting<Field extends string>(
  column: Field,
  first: SortOrder,
  { sort, order = 'asc' }: Sorting<Field>,
): Sorting<Field> {
  if (sort !== column) return { sort: column, order: first }
  return order === first
    ? { sort: column, order: first === 'asc' ? 'desc' : 'asc' }
    : { sort: undefined, order: undefined }
}
