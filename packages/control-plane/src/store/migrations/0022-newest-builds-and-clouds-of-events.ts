/**
 * What narrows a list is stored with it: an environment has the status and the advice of its newest build, and an event the cloud of its
 * resource. Environments are found by trigrams of their names, and builds by the clusters that use them.
 */
import { sql, type Transaction } from 'kysely'
import type { Migration, MigrationDialect } from '../migration.ts'
import type { Tables } from '../row.ts'

const indexes = [
  'cluster_environments_listed on cluster_environments (id, name, archived_at, cloud_id, latest_status)',
  'cluster_environments_name on cluster_environments (name, id, archived_at, cloud_id, latest_status)',
  'cluster_environments_cloud on cluster_environments (cloud_id, id, name, last_modified_at, archived_at, latest_status)',
  'cluster_environments_modified on cluster_environments (last_modified_at, id, name, archived_at, cloud_id, latest_status)',
  'nodes_cloud on nodes (cloud_id, id, name, joined_at, revoked_at)',
]

const further = [
  'cluster_environments_status on cluster_environments (latest_status, id, name, last_modified_at, archived_at, cloud_id)',
  "cluster_environments_advice on cluster_environments (id, latest_advice, name, last_modified_at, archived_at, cloud_id, latest_status) where latest_advice <> '[]'",
  'clusters_build on clusters (build_id, state)',
  'builds_status on builds (status)',
  `nodes_prefetched on nodes (id) where facts like '%"prefetched":["%'`,
]

const nameOf = (index: string) => index.slice(0, index.indexOf(' '))

export const newestBuildsAndCloudsOfEvents: Migration = async (db, dialect) => {
  for (const index of ['builds_newest', 'builds_status', 'builds_advice', ...indexes.map(nameOf)]) {
    await sql.raw(`drop index ${index}`).execute(db)
  }
  for (const column of ['latest_status', 'latest_advice']) {
    await db.schema.alterTable('cluster_environments').addColumn(column, 'text').execute()
  }
  await sql`update cluster_environments set (latest_status, latest_advice) = (select status, advice from builds
    where cluster_environment_id = cluster_environments.id and revision = latest_revision)`.execute(db)
  for (const index of [...indexes, ...further]) await sql.raw(`create index ${index}`).execute(db)
  await fillTrigrams(db, dialect)
  await db.schema.alterTable('events').addColumn('cloud_id', 'text').execute()
  await fillClouds(db)
  await sql`create index events_cloud on events (cloud_id, sequence)`.execute(db)
}

async function fillTrigrams(db: Transaction<Tables>, { justKey }: MigrationDialect): Promise<void> {
  await db.schema
    .createTable('environment_name_trigrams')
    .addColumn('trigram', 'text', (column) => column.notNull())
    .addColumn('environment_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('environment_name_trigrams_key', ['trigram', 'environment_id'])
    .modifyEnd(justKey)
    .execute()
  await sql`insert into environment_name_trigrams (trigram, environment_id)
    with recursive places (place) as (select 1 union all select place + 1 from places where place < 128)
    select distinct substr(lower(name), place, 3) as trigram, id from places
    join cluster_environments on place <= length(name) order by trigram, id`.execute(db)
}

async function fillClouds(db: Transaction<Tables>): Promise<void> {
  await sql`update events set cloud_id = resource_id where kind = 'cloud'`.execute(db)
  await sql`update events set cloud_id = '' where kind = 'token'`.execute(db)
  const kinds = {
    build: 'builds',
    cluster: 'clusters',
    node: 'nodes',
    cluster_environment: 'cluster_environments',
    audit: 'audit_events',
    pull: 'pulls',
  }
  for (const [kind, table] of Object.entries(kinds)) {
    await sql`update events set cloud_id =
      (select max(cloud_id) from ${sql.table(table)} where id = resource_id) where kind = ${kind}`.execute(db)
  }
}
