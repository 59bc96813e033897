/** The query fields of every list with names. */
import { Name } from '@fairlead/contract/names'
import { mostCounted, PageQuery, SortOrder } from '@fairlead/contract/wire'
import { z } from 'zod'

export const NamedPageQuery = PageQuery.extend({
  name: Name.optional(),
  name_contains: Name.optional(),
})

export const queryFlag = z.enum(['true', 'false']).transform((text) => text === 'true')

/** What a table on a screen asks of a list: its order, any part of it, and how long it is. */
export const tableFields = {
  /** Of the field that `sort` names, or of the age. */
  order: SortOrder.optional(),
  offset: z.coerce.number().int().min(0).max(mostCounted).optional(),
  with_total: queryFlag.optional(),
}

export const nameFilter = (query: z.output<typeof NamedPageQuery>) => ({
  name: query.name,
  nameContains: query.name_contains,
})
