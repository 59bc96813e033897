/** The Kubernetes cluster whose pods may join a cloud. */
import type { Migration } from '../migration.ts'

export const kubernetesClusters: Migration = async (db) => {
  await db.schema.alterTable('clouds').addColumn('kubernetes', 'text').execute()
}
