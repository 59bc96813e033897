/** The token that Ray requires for one start of a cluster. A cluster already running has none, and its Ray requires none. */
import type { Migration } from '../migration.ts'

export const rayTokens: Migration = async (db) => {
  await db.schema.alterTable('clusters').addColumn('ray_token', 'text').execute()
}
