/** Sessions are API tokens with an identity. Several may have one name, since people sign in on several machines. */
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

export const sessionsOfPeople: Migration = async (db) => {
  for (const table of ['api_tokens', 'audit_events'] as const) {
    await db.schema.alterTable(table).addColumn('identity', 'text').execute()
  }
  await db.schema.dropIndex('api_tokens_live_name').execute()
  await db.schema
    .createIndex('api_tokens_live_name')
    .on('api_tokens')
    .column('name')
    .unique()
    .where(sql.ref('revoked_at'), 'is', null)
    .where(sql.ref('identity'), 'is', null)
    .execute()
}
