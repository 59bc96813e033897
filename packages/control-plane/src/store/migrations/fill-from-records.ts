/** Fills new columns of `pulls` from the JSON of existing records. It is parsed here: the databases have no common syntax for that. */
import type { Transaction } from 'kysely'
import type { Tables } from '../row.ts'

const atOnce = 500

type Column = 'build_id' | 'purpose' | 'registry' | 'decision' | 'bytes' | 'duration_ms'

export async function fillFromRecords(db: Transaction<Tables>, columns: readonly Column[]): Promise<void> {
  for (let last = ''; ;) {
    const rows = await db
      .selectFrom('pulls')
      .select(['key', 'record'])
      .where('key', '>', last)
      .orderBy('key')
      .limit(atOnce)
      .execute()
    // Rows with the same values are written together.
    const keys = Map.groupBy(rows, ({ record }) => JSON.stringify(valuesIn(record, columns)))
    for (const [values, found] of keys) {
      if (values === '{}') continue
      await db
        .updateTable('pulls')
        .set(JSON.parse(values) as never)
        .where(
          'key',
          'in',
          found.map(({ key }) => key),
        )
        .execute()
    }
    last = rows.at(-1)?.key ?? last
    if (rows.length < atOnce) return
  }
}

function valuesIn(text: string, columns: readonly Column[]): Record<string, string | number> {
  const record = JSON.parse(text) as Record<string, unknown>
  return Object.fromEntries(
    columns.flatMap((column): [string, string | number][] => {
      const value = record[column]
      if (typeof value === 'string') return [[column, value]]
      return typeof value === 'number' ? [[column, Math.min(Math.round(value), Number.MAX_SAFE_INTEGER)]] : []
    }),
  )
}
