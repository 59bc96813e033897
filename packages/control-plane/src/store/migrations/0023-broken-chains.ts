/** The nodes whose pull records form no whole chain are found without reading the others. */
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

export const brokenChains: Migration = async (db) => {
  await sql`create index nodes_broken_chain on nodes (id) where pull_chain <> 'intact'`.execute(db)
}
