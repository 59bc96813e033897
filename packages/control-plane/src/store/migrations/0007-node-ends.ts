/** Why a node no longer exists. */
import type { Migration } from '../migration.ts'

export const nodeEnds: Migration = async (db) => {
  await db.schema.alterTable('nodes').addColumn('revoked_because', 'text').execute()
}
