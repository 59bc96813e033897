/** The query fields of every list with names. */
import { Name } from '@fairlead/contract/names'
import { PageQuery } from '@fairlead/contract/wire'
import { z } from 'zod'

export const NamedPageQuery = PageQuery.extend({
  name: Name.optional(),
  name_contains: Name.optional(),
})

export const queryFlag = z.enum(['true', 'false']).transform((text) => text === 'true')

export const nameFilter = (query: z.output<typeof NamedPageQuery>) => ({
  name: query.name,
  nameContains: query.name_contains,
})
