/** Why a node is a node no more. */
import type { Migration } from '../migration.ts'

export const nodeEnds: Migration = async (db) => {
  await db.schema.alterTable('nodes').addColumn('revoked_because', 'text').execute()
}
