/** What every list with names takes in its query. */
import { Name, PageQuery } from '@fairlead/contract'
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
