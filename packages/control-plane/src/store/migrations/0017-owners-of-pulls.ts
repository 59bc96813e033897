/** Pull records are found by what owns the pods that waited for the image; a record has one row for each. Older records name no pods. */
import type { Migration } from '../migration.ts'

export const ownersOfPulls: Migration = async (db) => {
  await db.schema
    .createTable('pull_owners')
    .addColumn('pull_key', 'text', (column) => column.notNull().references('pulls.key'))
    .addColumn('owner', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('pull_owners_key', ['owner', 'pull_key'])
    .execute()
  await db.schema.createIndex('pull_owners_pull').on('pull_owners').column('pull_key').execute()
}
