/** Lists can be sorted and narrowed by more: pulls by registry, decision, size and time. Records name their creator, whose token may be revoked since. */
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'
import { fillFromRecords } from './fill-from-records.ts'

export const sortedLists: Migration = async (db) => {
  for (const column of ['registry', 'decision'] as const) {
    await db.schema.alterTable('pulls').addColumn(column, 'text').execute()
  }
  for (const column of ['bytes', 'duration_ms'] as const) {
    await db.schema.alterTable('pulls').addColumn(column, 'integer').execute()
  }
  await fillFromRecords(db, ['registry', 'decision', 'bytes', 'duration_ms'])
  for (const column of ['registry', 'decision', 'bytes', 'duration_ms'] as const) {
    await db.schema.createIndex(`pulls_${column}`).on('pulls').columns([column, 'key']).execute()
  }

  for (const table of ['cluster_environments', 'builds', 'clusters'] as const) {
    await db.schema.alterTable(table).addColumn('creator_name', 'text').execute()
    await sql`update ${sql.table(table)} set creator_name =
      (select name from api_tokens where api_tokens.id = ${sql.ref(`${table}.creator_id`)})`.execute(db)
  }
  await db.schema
    .createIndex('cluster_environments_modified')
    .on('cluster_environments')
    .columns(['last_modified_at', 'id'])
    .execute()
  await db.schema.createIndex('clusters_changed').on('clusters').columns(['state_changed_at', 'id']).execute()
}
