/** Every table, ordered so that each comes after those it refers to, with the columns that order its rows. */
import type { Tables } from '../store/row.ts'

export type CopiedTable = Exclude<keyof Tables, 'schema_version'>

/** A table missing here is a compile error. */
export const tableKeys = {
  clouds: ['id'],
  grants: ['id'],
  cluster_environments: ['id'],
  environment_name_trigrams: ['trigram', 'environment_id'],
  nodes: ['id'],
  builds: ['id'],
  clusters: ['id'],
  cluster_members: ['cluster_id', 'generation', 'node_id'],
  node_sessions: ['id'],
  join_tokens: ['id'],
  answered_challenges: ['nonce'],
  own_keys: ['name'],
  api_tokens: ['id'],
  pulls: ['key'],
  pull_owners: ['owner', 'key'],
  pull_checkpoints: ['node_id'],
  idempotent_answers: ['caller_id', 'key'],
  events: ['sequence'],
  audit_events: ['id'],
} as const satisfies { readonly [Table in CopiedTable]: readonly (keyof Tables[Table])[] }

export const copiedTables = Object.keys(tableKeys) as readonly CopiedTable[]
