/** The two clauses of every list: a name filter, and one keyset page, newest first. */
import { sql, type Expression, type ReferenceExpression, type SelectQueryBuilder, type SqlBool } from 'kysely'
import type { Tables } from './row.ts'
import type { NameFilter, Slice } from './store.ts'

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

export function newestFirst<Table extends keyof Tables, Output>(
  query: SelectQueryBuilder<Tables, Table, Output>,
  column: ReferenceExpression<Tables, Table>,
  slice: Slice,
): SelectQueryBuilder<Tables, Table, Output> {
  const page = slice.before === null ? query : query.where(column, '<', slice.before as never)
  return page.orderBy(column as never, 'desc').limit(slice.limit)
}
