/** A paginated list: iterate it, or take the first items. */
import type { Page, SortOrder } from '@fairlead/contract/wire'
import type { Answer } from './answer.ts'
import { withQuery, type CallOptions, type Query, type Transport } from './transport.ts'

const largestPage = 100

/** The options of every list of named things. */
export interface NameQuery {
  readonly name?: string | undefined
  readonly name_contains?: string | undefined
}

/** What a table on a screen asks of a list. */
export interface TableQuery<Column extends string = never> {
  readonly sort?: Column | undefined
  /** Of `sort`, or of the age; by default the newest first. */
  readonly order?: SortOrder | undefined
  /** Leaves out the first ones. */
  readonly offset?: number | undefined
  /** Whether a page says how many match, in `metadata.total`. */
  readonly with_total?: boolean | undefined
}

export class Pages<Item> implements AsyncIterable<Item> {
  readonly #read: (query: Query) => Promise<Page<Item>>

  constructor(read: (query: Query) => Promise<Page<Item>>) {
    this.#read = read
  }

  /** One page, as returned by the API. */
  page(options: { count?: number; pagingToken?: string | undefined } = {}): Promise<Page<Item>> {
    return this.#read({ count: options.count ?? largestPage, paging_token: options.pagingToken })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    let pagingToken: string | undefined
    do {
      const found = await this.page({ pagingToken })
      yield* found.results
      pagingToken = found.metadata.next_paging_token ?? undefined
    } while (pagingToken !== undefined)
  }

  /** The first `limit` items, in the shape of one page; its token continues exactly where they end. */
  async take(limit: number): Promise<Page<Item>> {
    const results: Item[] = []
    let pagingToken: string | undefined
    for (;;) {
      const found = await this.page({ count: Math.min(limit - results.length, largestPage), pagingToken })
      results.push(...found.results)
      const next = found.metadata.next_paging_token
      if (next === null || results.length >= limit) return { results, metadata: { next_paging_token: next } }
      pagingToken = next
    }
  }

  /** The first item, or null. */
  async first(): Promise<Item | null> {
    const found = await this.page({ count: 1 })
    return found.results[0] ?? null
  }
}

export function pagesOf<Item>(
  transport: Transport,
  path: string,
  query: Query,
  answer: Answer<Page<Item>>,
  options?: CallOptions,
): Pages<Item> {
  return new Pages(async (paging) => transport.get(withQuery(path, { ...query, ...paging }), answer, options))
}
