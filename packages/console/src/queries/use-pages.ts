/** A paged list: it grows one page at a time, and is refetched as a whole. */
import type { Pages } from '@fairlead/sdk'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'

export interface Listed<Item> {
  readonly items: readonly Item[]
  /** The first page has not arrived yet. */
  readonly isPending: boolean
  readonly error: Error | null
  readonly hasMore: boolean
  readonly isGrowing: boolean
  readonly showMore: () => void
}

export const pageSize = 50

const nothing = { results: [], metadata: { next_paging_token: null } }

/** The first word of `key` is the resource kind, as named in `keys-of.ts`. `list` is null if nothing can be in it. */
export function usePages<Item>(
  key: readonly unknown[],
  list: (signal: AbortSignal) => Pages<Item> | null,
): Listed<Item> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: async ({ signal, pageParam }) =>
      (await list(signal)?.page({ count: pageSize, ...(pageParam !== null && { pagingToken: pageParam }) })) ?? nothing,
    initialPageParam: null as string | null,
    getNextPageParam: ({ metadata }) => metadata.next_paging_token,
    placeholderData: keepPreviousData,
  })
  return {
    items: query.data?.pages.flatMap(({ results }) => results) ?? [],
    isPending: query.isPending,
    error: query.error,
    hasMore: query.hasNextPage,
    isGrowing: query.isFetchingNextPage,
    showMore: () => void query.fetchNextPage(),
  }
}
