/** Nodes that their cloud vouches for: the account they run as, which machine they are, and the answered challenges. */
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

export const provenNodes: Migration = async (db) => {
  // Earlier nodes joined by token.
  await db.schema
    .alterTable('clouds')
    .addColumn('join', 'text', (column) => column.notNull().defaultTo('token'))
    .execute()
  await db.schema.alterTable('clouds').addColumn('role_id', 'text').execute()
  for (const name of ['identity', 'instance_key', 'second_join']) {
    await db.schema.alterTable('nodes').addColumn(name, 'text').execute()
  }
  // S19: one live node per machine, even with two concurrent control planes.
  await db.schema
    .createIndex('nodes_live_instance')
    .on('nodes')
    .column('instance_key')
    .unique()
    .where(sql.ref('revoked_at'), 'is', null)
    .execute()

  await db.schema
    .createTable('answered_challenges')
    .addColumn('nonce', 'text', (column) => column.primaryKey())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('own_keys')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('key', 'text', (column) => column.notNull())
    .execute()
}
