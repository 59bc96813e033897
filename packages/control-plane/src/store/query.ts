/** The clauses of every list: a name filter, one part of it in its order, and how many there are. */
import {
  sql,
  type Expression,
  type Kysely,
  type ReferenceExpression,
  type SelectQueryBuilder,
  type SqlBool,
} from 'kysely'
import type { CloudId } from '@fairlead/contract/names'
import type { SortOrder } from '@fairlead/contract/wire'
import { chunks } from '../chunks.ts'
import type { Tables } from './row.ts'

interface Order {
  /** A column; null: the key, which begins with the time. */
  readonly by: string | null
  readonly direction: SortOrder
}

/** Newest first unless `order` says otherwise: items older than `before` (an id, or a pull's key), without the first `offset`, at most `limit`. */
export interface Slice {
  before: string | null
  offset?: number
  order?: Order | null
  limit: number
}

export interface NameFilter {
  name?: string | undefined
  nameContains?: string | undefined
}

/** Only items of these clouds. */
export interface Within {
  within?: readonly CloudId[] | undefined
}

const mostIds = 512

/** As many as one statement writes. */
const mostRows = 500

export const inStatements = <Row>(rows: readonly Row[]) => chunks(rows, mostRows)

/** Ids for the `in` of a query, in lists of few lengths, so that the database knows the statement: the last one may be repeated. */
export function* inParts<Id>(ids: readonly Id[]): Generator<Id[]> {
  for (const part of chunks(ids, mostIds)) {
    const length = 2 ** Math.ceil(Math.log2(part.length))
    yield [...part, ...Array.from({ length: length - part.length }, () => part[0] as Id)]
  }
}

/** What is found for each part of the ids, one part after another. */
export async function forParts<Id, Found>(
  ids: readonly Id[],
  find: (part: Id[]) => Promise<Found[]>,
): Promise<Found[]> {
  const found: Found[] = []
  for (const part of inParts(ids)) found.push(...(await find(part)))
  return found
}

/** A condition that no index is to find: it is looked at on the way. PostgreSQL still knows how many meet it. */
export const apart = (condition: Expression<SqlBool>): Expression<SqlBool> => sql<SqlBool>`(${condition}) is true`

/** Names are ASCII, so `lower` means the same everywhere. */
export function whereName(filter: NameFilter): Expression<SqlBool> {
  const parts = [sql<SqlBool>`1 = 1`]
  if (filter.name !== undefined) parts.push(sql<SqlBool>`name = ${filter.name}`)
  if (filter.nameContains !== undefined) {
    const pattern = `%${filter.nameContains.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
    parts.push(sql<SqlBool>`lower(name) like ${pattern} escape '\\'`)
  }
  return sql<SqlBool>`${sql.join(parts, sql` and `)}`
}

/** The keys of one part of a list, of all that were found. `key` is unique, and begins with the time. */
export function partOf<Table extends keyof Tables, Found>(
  found: SelectQueryBuilder<Tables, Table, Found>,
  key: ReferenceExpression<Tables, Table> & string,
  slice: Slice,
): SelectQueryBuilder<Tables, Table, Found> {
  const { before, offset = 0, limit } = slice
  const from = before === null ? found : found.where(key, '<', before as never)
  const part = inOrder(from, key, slice).limit(limit)
  return offset === 0 ? part : part.offset(offset)
}

/** The rows of that part: finding it reads only indexes, however deep it is. */
export function inSlice<Table extends keyof Tables, Output, Found>(
  rows: SelectQueryBuilder<Tables, Table, Output>,
  found: SelectQueryBuilder<Tables, Table, Found>,
  key: ReferenceExpression<Tables, Table> & string,
  slice: Slice,
): SelectQueryBuilder<Tables, Table, Output> {
  return inOrder(
    rows.where(key, 'in', partOf(found.clearSelect().select(key as never), key, slice) as never),
    key,
    slice,
  )
}

function inOrder<Table extends keyof Tables, Output>(
  query: SelectQueryBuilder<Tables, Table, Output>,
  key: ReferenceExpression<Tables, Table> & string,
  { order }: Slice,
): SelectQueryBuilder<Tables, Table, Output> {
  const direction = order?.direction ?? 'desc'
  const sorted = order?.by == null ? query : query.orderBy(order.by as never, direction)
  return sorted.orderBy(key as never, direction)
}

/** Stops at `limit`, so that a count costs no more than that. */
export async function countOf<Table extends keyof Tables, Output>(
  db: Kysely<Tables>,
  query: SelectQueryBuilder<Tables, Table, Output>,
  limit: number,
): Promise<number> {
  const some = query
    .clearSelect()
    .select(sql<number>`1`.as('one'))
    .limit(limit)
  const row = await db
    .selectFrom(some.as('counted'))
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** From the first key to before the second; null: no end. */
export interface KeyRange {
  readonly from: string | null
  readonly before: string | null
}

/** What was found, in ranges of `atOnce` keys, in their order: SQLite reads in this thread, and others get turns between statements. Null: another process reads. */
export async function* rangesOf<Table extends keyof Tables, Found>(
  found: SelectQueryBuilder<Tables, Table, Found>,
  key: ReferenceExpression<Tables, Table> & string,
  { before, order }: Pick<Slice, 'before' | 'order'>,
  atOnce: number | null,
): AsyncGenerator<KeyRange> {
  if (atOnce === null) {
    yield { from: null, before }
    return
  }
  const direction = order?.direction ?? 'desc'
  const isForward = direction === 'asc'
  const keys = found.clearSelect().select(sql<string>`${sql.ref(key)}`.as('key'))
  for (let rest: KeyRange = { from: null, before }; ;) {
    const end = await keys
      .where(inRange(key, rest))
      .orderBy(key as never, direction)
      .offset(isForward ? atOnce : atOnce - 1)
      .limit(1)
      .executeTakeFirst()
    if (end === undefined) {
      yield rest
      return
    }
    yield isForward ? { ...rest, before: end.key } : { ...rest, from: end.key }
    rest = isForward ? { ...rest, from: end.key } : { ...rest, before: end.key }
  }
}

export function inRange(key: string, { from, before }: KeyRange): Expression<SqlBool> {
  const parts = [sql<SqlBool>`1 = 1`]
  if (from !== null) parts.push(sql<SqlBool>`${sql.ref(key)} >= ${from}`)
  if (before !== null) parts.push(sql<SqlBool>`${sql.ref(key)} < ${before}`)
  return sql<SqlBool>`${sql.join(parts, sql` and `)}`
}

/** The keys of one part of a list, looked for in one range after another. */
export async function keysIn<Table extends keyof Tables, Found>(
  ranges: AsyncIterable<KeyRange>,
  found: SelectQueryBuilder<Tables, Table, Found>,
  key: ReferenceExpression<Tables, Table> & string,
  { offset = 0, ...slice }: Slice,
): Promise<string[]> {
  const keys: string[] = []
  for await (const range of ranges) {
    const limit = offset + slice.limit - keys.length
    const part = partOf(found.where(inRange(key, range)), key, { ...slice, limit })
    const rows = await part
      .clearSelect()
      .select(sql<string>`${sql.ref(key)}`.as('key'))
      .execute()
    keys.push(...rows.map((row) => row.key))
    if (rows.length === limit) break
  }
  return keys.slice(offset)
}

/** The rows of the keys that were found, in the order of the slice. */
export function amongKeys<Table extends keyof Tables, Output>(
  rows: SelectQueryBuilder<Tables, Table, Output>,
  keys: readonly string[],
  key: ReferenceExpression<Tables, Table> & string,
  slice: Slice,
): SelectQueryBuilder<Tables, Table, Output> {
  // No key is empty.
  const [part = ['']] = inParts(keys)
  return inOrder(rows.where(key, 'in', part as never), key, slice)
}

/** Like `countOf`. */
export async function countIn<Table extends keyof Tables, Found>(
  db: Kysely<Tables>,
  ranges: AsyncIterable<KeyRange>,
  found: SelectQueryBuilder<Tables, Table, Found>,
  key: ReferenceExpression<Tables, Table> & string,
  limit: number,
): Promise<number> {
  let count = 0
  for await (const range of ranges) {
    count += await countOf(db, found.where(inRange(key, range)), limit - count)
    if (count >= limit) break
  }
  return count
}
