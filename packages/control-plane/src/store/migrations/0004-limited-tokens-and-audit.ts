/** Tokens limited to clouds, and records of what administrators did. */
import type { Migration } from '../migration.ts'

export const limitedTokensAndAudit: Migration = async (db) => {
  // Earlier tokens are for all clouds.
  await db.schema.alterTable('api_tokens').addColumn('cloud_ids', 'text').execute()

  // No foreign keys: these records stay true after their subject is gone.
  await db.schema
    .createTable('audit_events')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('request_id', 'text')
    .addColumn('token_id', 'text')
    .addColumn('token_name', 'text')
    .addColumn('role', 'text')
    .addColumn('act', 'text', (column) => column.notNull())
    .addColumn('resource_ids', 'text', (column) => column.notNull())
    .addColumn('cloud_id', 'text')
    .addColumn('outcome', 'text', (column) => column.notNull())
    .execute()
  for (const name of ['act', 'token_id', 'cloud_id'] as const) {
    await db.schema.createIndex(`audit_events_${name}`).on('audit_events').columns([name, 'id']).execute()
  }
}
