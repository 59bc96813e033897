/** Fills a new column of `pulls` from the JSON of existing records. It is parsed here: the databases have no common syntax for that. */
import type { Transaction } from 'kysely'
import type { Tables } from '../row.ts'

const atOnce = 500

export async function fillFromRecords(db: Transaction<Tables>, column: 'build_id' | 'purpose'): Promise<void> {
  for (let last = ''; ;) {
    const rows = await db
      .selectFrom('pulls')
      .select(['key', 'record'])
      .where('key', '>', last)
      .orderBy('key')
      .limit(atOnce)
      .execute()
    const keys = Map.groupBy(rows, ({ record }) => (JSON.parse(record) as Record<string, unknown>)[column])
    for (const [value, found] of keys) {
      if (typeof value !== 'string') continue
      await db
        .updateTable('pulls')
        .set({ [column]: value as never })
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
