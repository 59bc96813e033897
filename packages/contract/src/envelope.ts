/** The two shapes in which every answer comes, and the query of every list. */
import { z } from 'zod'

export const single = <Schema extends z.ZodType>(schema: Schema) => z.object({ result: schema })

export const page = <Schema extends z.ZodType>(schema: Schema) =>
  z.object({
    results: z.array(schema),
    metadata: z.object({ next_paging_token: z.string().nullable() }),
  })

export interface Page<Item> {
  results: Item[]
  metadata: { next_paging_token: string | null }
}

/** `paging_token` is opaque; it is null on the last page. */
export const PageQuery = z.strictObject({
  count: z.coerce.number().int().min(1).max(100).default(20),
  paging_token: z.string().max(512).optional(),
})
export type PageQuery = z.infer<typeof PageQuery>
