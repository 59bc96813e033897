/** The last output of a failed container, if its node shares it. */
import type { Migration } from '../migration.ts'

export const lastLines: Migration = async (db) => {
  await db.schema.alterTable('cluster_members').addColumn('last_lines', 'text').execute()
}
