/** A paged list: it grows one page at a time, and is refetched as a whole. */
import type { Pages } from '@fairlead/sdk'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'

export interface Listed<Item> {
  readonly items: readonly Item[]
  /** The first page has not arrived yet. */
  readonly isPending: boolean
  readonly error: Error | null
  /** Absent if this is all of it. */
  readonly more?: { readonly isComing: boolean; readonly show: () => void } | undefined
}

export const pageSize = 50

/** The first word of `key` is the resource kind, as named in `keys-of.ts`. */
export function usePages<Item>(key: readonly unknown[], list: (signal: AbortSignal) => Pages<Item>): Listed<Item> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ signal, pageParam }) => list(signal).page({ count: pageSize, pagingToken: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ metadata }) => metadata.next_paging_token,
    placeholderData: keepPreviousData,
  })
  return {
    items: query.data?.pages.flatMap(({ results }) => results) ?? [],
    isPending: query.isPending,
    error: query.error,
    more: query.hasNextPage
      ? { isComing: query.isFetchingNextPage, show: () => void query.fetchNextPage() }
      : undefined,
  }
}
