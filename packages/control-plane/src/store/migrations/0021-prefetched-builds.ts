/** Which builds' images idle nodes bring ahead, and whether a cloud's new builds are such. */
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

export const prefetchedBuilds: Migration = async (db) => {
  for (const table of ['clouds', 'builds']) {
    await db.schema
      .alterTable(table)
      .addColumn('prefetch', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
  }
  await sql`create index builds_prefetched on builds (cloud_id, id) where prefetch = 1`.execute(db)
}
