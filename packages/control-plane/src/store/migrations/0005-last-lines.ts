/** What a failed container printed last, where its node shares that. */
import type { Migration } from '../migration.ts'

export const lastLines: Migration = async (db) => {
  await db.schema.alterTable('cluster_members').addColumn('last_lines', 'text').execute()
}
