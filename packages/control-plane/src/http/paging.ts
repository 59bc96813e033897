/** Keyset pages: a token holds the last key shown, so that a page costs the same at any depth. */
import type { Page } from '@fairlead/contract/wire'
import type { Slice } from '../store/store.ts'

interface PageRequest {
  count: number
  paging_token?: string | undefined
}

/** Requests one more than is shown, to learn whether there is a next page. */
export async function pageOf<Item, Shown>(
  query: PageRequest,
  list: (slice: Slice) => Promise<Item[]>,
  keyOf: (item: Item) => string,
  show: (items: Item[]) => Promise<Shown[]> | Shown[],
): Promise<Page<Shown>> {
  const before = query.paging_token === undefined ? null : readToken(query.paging_token)
  const found = await list({ before, limit: query.count + 1 })
  const shown = found.slice(0, query.count)
  const last = shown.at(-1)
  const more = found.length > query.count && last !== undefined
  return { results: await show(shown), metadata: { next_paging_token: more ? writeToken(keyOf(last)) : null } }
}

const scannedAtOnce = 500

/** A slice of the matching items when the database cannot filter them: reads on until there are enough. */
export async function sliceWhere<Item>(
  list: (slice: Slice) => Promise<Item[]>,
  fits: (item: Item) => boolean,
  keyOf: (item: Item) => string,
  { before, limit }: Slice,
): Promise<Item[]> {
  const found: Item[] = []
  for (let from = before; ;) {
    const read = await list({ before: from, limit: scannedAtOnce })
    found.push(...read.filter(fits))
    const last = read.at(-1)
    if (found.length >= limit || read.length < scannedAtOnce || last === undefined) return found.slice(0, limit)
    from = keyOf(last)
  }
}

export function writeToken(key: string): string {
  return Buffer.from(key).toString('hex')
}

/** Call only with a well-formed token. */
export function readToken(token: string): string {
  return Buffer.from(token, 'hex').toString()
}
