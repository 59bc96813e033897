/**
 * Pages. Newest first, a token holds the last key shown, so that a page costs the same at any depth. In another order it holds a position, which is
 * bounded; so is the count of what matches.
 */
import { problem } from '@fairlead/contract/problems'
import { mostCounted, type Page, type SortOrder } from '@fairlead/contract/wire'
import { atOnce } from '../store/at-once.ts'
import type { Slice } from '../store/query.ts'

interface PageRequest {
  count: number
  paging_token?: string | undefined
  sort?: string | undefined
  order?: SortOrder | undefined
  offset?: number | undefined
  with_total?: boolean | undefined
}

interface PagedList<Item, Shown> {
  readonly list: (slice: Slice) => Promise<Item[]>
  readonly keyOf: (item: Item) => string
  readonly show: (items: Item[]) => Promise<Shown[]> | Shown[]
  /** Of all that match, up to `limit`. */
  readonly count?: (limit: number) => Promise<number>
}

/** Requests one more than is shown, to learn whether there is a next page. */
export async function pageOf<Item, Shown>(
  query: PageRequest,
  { list, keyOf, show, count }: PagedList<Item, Shown>,
): Promise<Page<Shown>> {
  const place = placeOf(query)
  const { before, offset, order } = place
  const found = await list({ ...place, limit: query.count + 1 })
  const shown = found.slice(0, query.count)
  const last = shown.at(-1)
  const more = found.length > query.count && last !== undefined
  const next = order === null ? (last === undefined ? null : keyOf(last)) : positionKey(offset + query.count)
  const isAll = before === null && offset === 0 && !more
  const totalOf = async () => {
    if (query.with_total !== true || before !== null || count === undefined) return null
    return isAll ? found.length : count(mostCounted)
  }
  const [results, total] = await atOnce([show(shown), totalOf()])
  return {
    results,
    metadata: {
      next_paging_token: more && next !== null ? writeToken(next) : null,
      ...(total !== null && { total }),
    },
  }
}

/** The order that needs no `sort` is that of the keys. */
function placeOf({ paging_token, sort, order, offset = 0 }: PageRequest): Required<Omit<Slice, 'limit'>> {
  const isNewestFirst = sort === undefined && order !== 'asc'
  const wanted = isNewestFirst ? null : { by: sort ?? null, direction: order ?? 'asc' }
  if (paging_token === undefined) return { before: null, offset, order: wanted }
  const key = readToken(paging_token)
  const position = /^at_(\d{1,5})$/.exec(key)?.[1]
  if ((position !== undefined) === isNewestFirst) throw strangeToken()
  if (position === undefined) return { before: key, offset, order: null }
  if (Number(position) > mostCounted) throw strangeToken()
  return { before: null, offset: Number(position), order: wanted }
}

const positionKey = (position: number): string | null => (position > mostCounted ? null : `at_${position}`)

const strangeToken = () =>
  problem('REQUEST_INVALID', {}, [
    { path: 'paging_token', detail: 'expected a token that this list gave in this order' },
  ])

const mostScannedAtOnce = 5000

/** All matching items, at most `limit`, when the database cannot filter them. */
export async function allWhere<Item>(
  list: (slice: Slice) => Promise<Item[]>,
  fits: (item: Item) => boolean,
  { before, order = null, limit }: Pick<Slice, 'before' | 'order' | 'limit'>,
): Promise<Item[]> {
  const found: Item[] = []
  // Most may match: a page is then read like any other.
  for (let offset = 0, atOnce = Math.min(limit, mostScannedAtOnce); ;) {
    const read = await list({ before, offset, order, limit: atOnce })
    found.push(...read.filter(fits))
    if (found.length >= limit || read.length < atOnce) return found.slice(0, limit)
    offset += atOnce
    atOnce = Math.min(atOnce * 4, mostScannedAtOnce)
  }
}

export function writeToken(key: string): string {
  return Buffer.from(key).toString('hex')
}

/** Call only with a well-formed token. */
export function readToken(token: string): string {
  return Buffer.from(token, 'hex').toString()
}
