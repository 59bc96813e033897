/**
 * A list of any length, read in parts: the first, which also says how many there are, and those on the screen. A change therefore refetches what
 * is shown, and nothing else.
 */
import { mostCounted, type Page, type SortOrder } from '@fairlead/contract/wire'
import type { Pages } from '@fairlead/sdk'
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'

export const partSize = 100

export interface Sorting<Field extends string = string> {
  readonly sort?: Field | undefined
  readonly order?: SortOrder | undefined
}

export interface PartOfList {
  readonly offset: number
  /** The first part says how many there are. */
  readonly with_total: boolean
}

export interface LongList<Item> {
  readonly key: readonly unknown[]
  /** Null if nothing can be in it. */
  readonly read: (part: PartOfList, signal: AbortSignal) => Promise<Page<Item>> | null
}

const nothing: Page<never> = { results: [], metadata: { next_paging_token: null, total: 0 } }

/** The first word of the key is the resource kind, as named in `keys-of.ts`. */
export function partQuery<Item>({ key, read }: LongList<Item>, part: number) {
  return queryOptions({
    queryKey: [...key, part],
    queryFn: async ({ signal }) => (await read({ offset: part * partSize, with_total: part === 0 }, signal)) ?? nothing,
    placeholderData: keepPreviousData,
  })
}

export interface ListLength {
  /** Null while it is unknown. */
  readonly total: number | null
  /** Whether it, and what is shown, is of the list before this one, which has not answered yet. */
  readonly isOld: boolean
  readonly error: Error | null
}

export function useListLength<Item>(list: LongList<Item>): ListLength {
  const { data, error, isPlaceholderData: isOld } = useQuery(partQuery(list, 0))
  const total = data?.metadata.total ?? data?.results.length ?? null
  // Of an empty list, nothing can be shown meanwhile.
  return { total: isOld && total === 0 ? null : total, isOld, error }
}

/** A list that the control plane counts and sorts. */
export function longList<Item>(
  key: readonly unknown[],
  list: (part: PartOfList, signal: AbortSignal) => Pages<Item> | null,
): LongList<Item> {
  return { key, read: (part, signal) => list(part, signal)?.page({ count: partSize }) ?? null }
}

/** `1,202`; a count ends at its bound. */
export function countText(total: number): string {
  return `${total.toLocaleString('en')}${total >= mostCounted ? '+' : ''}`
}
