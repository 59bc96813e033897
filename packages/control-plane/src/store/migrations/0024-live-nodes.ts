/** Nodes that exist are found without those that were revoked, left or were forgotten, of which a fleet that grows and shrinks collects many. */
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

/** For all nodes, and for those that exist. */
const orders = [
  ['nodes_listed', 'nodes_live', 'id, name, joined_at, cloud_id'],
  ['nodes_name', 'nodes_live_named', 'name, id, joined_at, cloud_id'],
  ['nodes_joined', 'nodes_live_joined', 'joined_at, id, name, cloud_id'],
  ['nodes_cloud', 'nodes_live_cloud', 'cloud_id, id, name, joined_at'],
]

/** SQLite, which keeps no statistics, would choose an index of all nodes for those that exist if `revoked_at` were in it. */
export const liveNodes: Migration = async (db) => {
  for (const [all, live, columns] of orders) {
    await sql.raw(`drop index ${all}`).execute(db)
    await sql.raw(`create index ${all} on nodes (${columns})`).execute(db)
    await sql.raw(`create index ${live} on nodes (${columns}, revoked_at) where revoked_at is null`).execute(db)
  }
  await sql`create index nodes_live_checkers on nodes (cloud_id, checker desc, id) where revoked_at is null`.execute(db)
}
