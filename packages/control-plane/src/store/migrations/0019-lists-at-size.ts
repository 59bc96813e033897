/**
 * Lists of a million records: what narrows or orders a list is in an index, with all else that such a list may ask about, so that only the rows of a
 * page are read. The `_listed` ones are read from end to end for a part of a name.
 */
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

const indexes = [
  'cluster_environments_listed on cluster_environments (id, name, archived_at, cloud_id)',
  'cluster_environments_name on cluster_environments (name, id, archived_at, cloud_id)',
  'cluster_environments_cloud on cluster_environments (cloud_id, id, name, last_modified_at, archived_at)',
  'builds_cloud on builds (cloud_id, id)',
  'builds_newest on builds (cluster_environment_id, revision, status)',
  'builds_status on builds (status, cluster_environment_id, revision)',
  "builds_advice on builds (cluster_environment_id, revision, advice) where advice <> '[]'",
  'clusters_listed on clusters (id, name, state, state_changed_at, cloud_id)',
  'clusters_problem on clusters (id) where problem is not null',
  'nodes_listed on nodes (id, name, joined_at, revoked_at, cloud_id)',
  `nodes_waited_on on nodes (id) where facts like '%"waiting_pods":[{%'`,
  'pulls_hours on pulls (key, node_id, received_at, code, purpose, duration_ms)',
]

/** Instead of those that had only the first column and the key. */
const wider = [
  'cluster_environments_modified on cluster_environments (last_modified_at, id, name, archived_at, cloud_id)',
  'pulls_purpose on pulls (purpose, key, node_id, bytes, duration_ms)',
  'pulls_code on pulls (code, key, node_id, bytes, duration_ms)',
  'pulls_registry on pulls (registry, key, node_id, bytes, duration_ms)',
  'pulls_decision on pulls (decision, key, node_id, bytes, duration_ms)',
  'pulls_bytes on pulls (bytes, key, node_id)',
  'pulls_duration_ms on pulls (duration_ms, key, node_id)',
  'pulls_node on pulls (node_id, key, purpose, code, registry, decision, bytes, duration_ms)',
]

export const listsAtSize: Migration = async (db) => {
  for (const index of wider) await sql.raw(`drop index ${index.slice(0, index.indexOf(' '))}`).execute(db)
  for (const index of [...indexes, ...wider]) await sql.raw(`create index ${index}`).execute(db)
}
