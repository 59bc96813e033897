/** A deleted cloud keeps its row, because clusters, builds and pull records of the past refer to it. */
import type { Migration } from '../migration.ts'

export const deletedClouds: Migration = async (db) => {
  await db.schema.alterTable('clouds').addColumn('deleted_at', 'text').execute()
}
