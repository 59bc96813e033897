/** The token that Ray asks for in a start of a cluster. A cluster that runs already has none, and Ray in it asks for none. */
import type { Migration } from '../migration.ts'

export const rayTokens: Migration = async (db) => {
  await db.schema.alterTable('clusters').addColumn('ray_token', 'text').execute()
}
