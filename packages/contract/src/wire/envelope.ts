/** The two shapes of every answer, and the query of every list. */
import { z } from 'zod'

/** A schema by what it makes of an answer. */
export type SchemaOf<Value> = z.ZodType<Value>

export const single = <Schema extends z.ZodType>(schema: Schema) => z.object({ result: schema })

export const page = <Schema extends z.ZodType>(schema: Schema) =>
  z.object({
    results: z.array(schema),
    metadata: z.object({
      next_paging_token: z.string().nullable(),
      /** How many match, counted up to `mostCounted`; only if `with_total` asks for it. */
      total: z.int().nonnegative().optional(),
    }),
  })

export interface Page<Item> {
  results: Item[]
  metadata: { next_paging_token: string | null; total?: number | undefined }
}

/** Nobody reads further in a sorted list, and nothing counts further. */
export const mostCounted = 10_000

/** Opaque to clients: the key of an item, such as `cld_…`, or a position, such as `at_50`, in hex. */
export const PagingToken = z
  .string()
  .regex(
    /^(?:6[1-9a-f]|7[0-9a]){2,5}5f(?:3[0-9]|5f|6[1-9a-f]|7[0-9a]){1,64}$/,
    'expected a token that a list gave, as it was given',
  )

/** `paging_token` comes from the previous page; it is null on the last page. */
export const PageQuery = z.strictObject({
  count: z.coerce.number().int().min(1).max(100).default(20),
  paging_token: PagingToken.optional(),
})
export type PageQuery = z.infer<typeof PageQuery>

export const SortOrder = z.enum(['asc', 'desc'])
export type SortOrder = z.infer<typeof SortOrder>
