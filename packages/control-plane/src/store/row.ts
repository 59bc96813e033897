/** How records become rows: objects as JSON text, booleans as 0 and 1, so that every database stores the same. */
import type {
  ApiTokenRecord,
  AuditRecord,
  BuildRecord,
  CloudRecord,
  ClusterRecord,
  EnvironmentRecord,
  EventRecord,
  GrantRecord,
  IdempotentAnswer,
  JoinTokenRecord,
  MemberRecord,
  NodeRecord,
  NodeSessionRecord,
  PullCheckpointRecord,
  StoredPull,
} from './records.ts'
import type { CloudId, ClusterEnvironmentId } from '@fairlead/contract/names'
import type { BuildStatus } from '@fairlead/contract/wire'
import type { Generated } from 'kysely'

type Column<Value> = Value extends boolean ? number : Value extends string | number | null ? Value : string
export type Row<Item> = { [Name in keyof Item]-?: Column<Item[Name]> }

/** What lists of pulls ask about. */
export type ListedPull = { cloud_id: CloudId } & Pick<
  Row<StoredPull>,
  'key' | 'node_id' | 'cluster_id' | 'build_id' | 'purpose' | 'code' | 'registry' | 'decision' | 'bytes' | 'duration_ms'
>

/** The tables as Kysely sees them. */
export interface Tables {
  schema_version: { version: number }
  clouds: Row<CloudRecord>
  grants: Row<GrantRecord>
  /** Also what its newest build has, if there is one. */
  cluster_environments: Row<EnvironmentRecord> & { latest_status: BuildStatus | null; latest_advice: string | null }
  /** Of their names. */
  environment_name_trigrams: { trigram: string; environment_id: ClusterEnvironmentId }
  builds: Row<BuildRecord>
  clusters: Row<ClusterRecord>
  cluster_members: Row<MemberRecord>
  /** The memory is also in the facts, where it cannot be sorted by. */
  nodes: Row<NodeRecord> & { memory_bytes: number | null }
  node_sessions: Row<NodeSessionRecord>
  join_tokens: Row<JoinTokenRecord>
  answered_challenges: { nonce: string; expires_at: string }
  own_keys: { name: string; key: string }
  api_tokens: Row<ApiTokenRecord>
  /** The cloud is that of the node. */
  pulls: ListedPull & Row<StoredPull>
  /** Whose pods waited for the image of a pull. */
  pull_owners: ListedPull & { owner: string }
  pull_checkpoints: Row<PullCheckpointRecord>
  idempotent_answers: Row<IdempotentAnswer>
  audit_events: Row<AuditRecord>
  /** The cloud is that of the resource; null if it has none, empty if the resource is a token. */
  events: Omit<Row<EventRecord>, 'sequence'> & { sequence: Generated<number>; cloud_id: CloudId | '' | null }
}

type NamesOf<Item, Kind> = { [Name in keyof Item]-?: NonNullable<Item[Name]> extends Kind ? Name : never }[keyof Item]

interface RowForm<Item> {
  readonly toRow: <Part extends Partial<Item>>(part: Part) => Row<Pick<Item, keyof Part & keyof Item>>
  /** Null if the query finds nothing. */
  readonly first: (query: Query<Row<Item>>) => Promise<Item | null>
  readonly all: (query: Query<Row<Item>>) => Promise<Item[]>
}

interface Query<Found> {
  executeTakeFirst(): Promise<Found | undefined>
  execute(): Promise<Found[]>
}

/** Every column that is not text or a number must be listed; the compiler checks that only those are. */
export function rowForm<Item extends object>(columns: {
  json: readonly NamesOf<Item, object>[]
  flags: readonly NamesOf<Item, boolean>[]
}): RowForm<Item> {
  const json = new Set<PropertyKey>(columns.json)
  const flags = new Set<PropertyKey>(columns.flags)
  /** In place: the row is nobody else's, and a copy of each is a third of what a long list allocates. */
  const fromRow = (row: Row<Item>): Item => {
    const item = row as Record<PropertyKey, unknown>
    for (const name of columns.json) {
      const value = item[name]
      if (typeof value === 'string') item[name] = JSON.parse(value)
    }
    for (const name of columns.flags) if (name in item) item[name] = item[name] === 1
    return item as Item
  }
  return {
    toRow: (part) =>
      Object.fromEntries(
        Object.entries(part).map(([name, value]: [string, unknown]) => {
          if (json.has(name)) return [name, value === null ? null : JSON.stringify(value)]
          return [name, flags.has(name) ? Number(value) : value]
        }),
      ) as never,
    async first(query) {
      const row = await query.executeTakeFirst()
      return row === undefined ? null : fromRow(row)
    },
    all: async (query) => (await query.execute()).map(fromRow),
  }
}
