/** How far each node's pull records were removed by retention: the remaining chain begins there. */
import type { Migration } from '../migration.ts'

export const pullCheckpoints: Migration = async (db) => {
  await db.schema
    .createTable('pull_checkpoints')
    .addColumn('node_id', 'text', (column) => column.primaryKey().references('nodes.id'))
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('removed', 'integer', (column) => column.notNull())
    .addColumn('received_until', 'text', (column) => column.notNull())
    .addColumn('removed_at', 'text', (column) => column.notNull())
    .addColumn('checksum', 'text', (column) => column.notNull())
    .execute()
}
