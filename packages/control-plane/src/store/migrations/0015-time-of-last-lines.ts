/** When the last lines of a container last changed: those of a running one do. */
import type { Migration } from '../migration.ts'

export const timeOfLastLines: Migration = async (db) => {
  await db.schema.alterTable('cluster_members').addColumn('last_lines_at', 'text').execute()
}
