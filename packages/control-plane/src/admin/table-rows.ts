/** The rows of a table in the same order in any database, one page at a time. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../store/row.ts'
import { tableKeys, type CopiedTable } from './table-keys.ts'

export type AnyRow = Readonly<Record<string, string | number | null>>

/** A page is one statement: few enough values for either database, and small enough for memory. */
const pageRows = 500

export async function* pagesOf(
  db: Kysely<Tables>,
  table: CopiedTable,
  keys: readonly string[] = tableKeys[table],
): AsyncGenerator<readonly AnyRow[], void, undefined> {
  const columns = sql.join(keys.map((key) => sql.ref(key)))
  let after: AnyRow | null = null
  for (;;) {
    const last: AnyRow | null = after
    const where: RawBuilder<unknown> =
      last === null ? sql`1 = 1` : sql`(${columns}) > (${sql.join(keys.map((key) => last[key]))})`
    const query: RawBuilder<AnyRow> = sql`select * from ${sql.table(table)} where ${where} order by ${columns} limit ${sql.lit(pageRows)}`
    const { rows } = await query.execute(db)
    if (rows.length > 0) yield rows
    after = rows.at(-1) ?? null
    if (rows.length < pageRows) return
  }
}

export async function countOf(db: Kysely<Tables>, table: CopiedTable): Promise<number> {
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(db)
  return Number(rows[0]?.rows)
}
