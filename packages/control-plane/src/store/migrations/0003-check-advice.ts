/** What the check of a build noticed although nothing failed. */
import type { Migration } from '../migration.ts'

export const checkAdvice: Migration = async (db) => {
  await db.schema
    .alterTable('builds')
    .addColumn('advice', 'text', (column) => column.notNull().defaultTo('[]'))
    .execute()
}
