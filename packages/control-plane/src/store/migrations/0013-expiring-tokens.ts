/** API tokens may expire; earlier ones do not. */
import type { Migration } from '../migration.ts'

export const expiringTokens: Migration = async (db) => {
  await db.schema.alterTable('api_tokens').addColumn('expires_at', 'text').execute()
}
