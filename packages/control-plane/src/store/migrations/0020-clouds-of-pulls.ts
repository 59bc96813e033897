/**
 * A pull record has the cloud of its node, which narrows the lists of limited tokens, and each index of pulls has all columns that lists ask about:
 * two values that many records have are compared in the index of one. What is found by an owner of pods has the same columns.
 */
import { sql, type Transaction } from 'kysely'
import type { Migration } from '../migration.ts'
import type { Tables } from '../row.ts'

const asked = ['cloud_id', 'purpose', 'code', 'registry', 'decision', 'bytes', 'duration_ms']
const without = (column: string) => asked.filter((name) => name !== column)

const indexes = [
  ...asked.map(
    (column) =>
      `pulls_${column === 'cloud_id' ? 'cloud' : column} on pulls (${[column, 'key', ...without(column)].join(', ')})`,
  ),
  `pulls_hours on pulls (${['key', 'received_at', ...asked].join(', ')})`,
  `pull_owners_listed on pull_owners (${['owner', 'key', ...asked, 'node_id', 'cluster_id', 'build_id'].join(', ')})`,
  'nodes_name on nodes (name, id, revoked_at, cloud_id)',
  'nodes_joined on nodes (joined_at, id, name, revoked_at, cloud_id)',
  'audit_events_cloud_id on audit_events (cloud_id, id, act, token_id)',
]

export const cloudsOfPulls: Migration = async (db) => {
  for (const column of ['hours', 'purpose', 'code', 'registry', 'decision', 'bytes', 'duration_ms']) {
    await sql.raw(`drop index pulls_${column}`).execute(db)
  }
  await sql`drop index audit_events_cloud_id`.execute(db)
  await db.schema.alterTable('pulls').addColumn('cloud_id', 'text').execute()
  await fillClouds(db)

  await db.schema.alterTable('pull_owners').renameColumn('pull_key', 'key').execute()
  const copied = ['node_id', 'cluster_id', 'build_id', ...asked]
  for (const column of copied) {
    const type = column === 'bytes' || column === 'duration_ms' ? 'integer' : 'text'
    await db.schema.alterTable('pull_owners').addColumn(column, type).execute()
  }
  const set = copied.map((column) => `${column} = pulls.${column}`).join(', ')
  await sql.raw(`update pull_owners set ${set} from pulls where pulls.key = pull_owners.key`).execute(db)

  for (const index of indexes) await sql.raw(`create index ${index}`).execute(db)
}

/** Fewer than a second's work: PostgreSQL ends a statement that takes long. */
const atOnce = 20_000

async function fillClouds(db: Transaction<Tables>): Promise<void> {
  for (let last = ''; ;) {
    const keys = db.selectFrom('pulls').select('key').where('key', '>', last).orderBy('key')
    const end = (
      await keys
        .offset(atOnce - 1)
        .limit(1)
        .executeTakeFirst()
    )?.key
    const upTo = end === undefined ? sql`` : sql`and key <= ${end}`
    await sql`update pulls set cloud_id = (select cloud_id from nodes where nodes.id = pulls.node_id) where key > ${last} ${upTo}`.execute(
      db,
    )
    if (end === undefined) return
    last = end
  }
}
