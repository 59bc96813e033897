/** Keyset pages: a token holds the last key that was shown, so that a page costs the same at any depth. */
import type { Page } from '@fairlead/contract'
import type { Slice } from '../store/store.ts'

interface PageRequest {
  count: number
  paging_token?: string | undefined
}

/** Asks for one more than is shown, which tells whether there is a next page. */
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

export function writeToken(key: string): string {
  return Buffer.from(key).toString('hex')
}

/** Of a token that has the form of one. */
export function readToken(token: string): string {
  return Buffer.from(token, 'hex').toString()
}
