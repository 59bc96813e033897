/** The stored records, in the program's own types; `row.ts` defines how each becomes columns. */
import type {
  BuildId,
  CloudId,
  ClusterEnvironmentId,
  ClusterId,
  JoinTokenId,
  NodeId,
  SessionId,
} from '@fairlead/contract/names'
import type { ProblemCode, ReportedProblem } from '@fairlead/contract/problems'
import type {
  ApiToken,
  AuditEvent,
  BuildStatus,
  ChainState,
  ChangeKind,
  CheckAdvice,
  Cloud,
  ClusterState,
  ConfigWarning,
  Grant,
  LastLines,
  NodeEnd,
  NodeFacts,
  NodeIdentity,
  PullCheckpoint,
  PullDecision,
  PullPurpose,
  PullRecord,
  RayRole,
  StepReport,
  WorkloadPhase,
} from '@fairlead/contract/wire'

/** `role_id`: the unique id of the nodes' role on AWS, from the first node that joined by proof. `node_role` is null unless one was given. */
export type CloudRecord = Cloud & { role_id: string | null; deleted_at: string | null }
export type GrantRecord = Grant

export interface EnvironmentRecord {
  id: ClusterEnvironmentId
  name: string
  cloud_id: CloudId
  creator_id: string
  creator_name: string | null
  created_at: string
  last_modified_at: string
  archived_at: string | null
  latest_revision: number
}

export interface BuildRecord {
  id: BuildId
  cluster_environment_id: ClusterEnvironmentId
  revision: number
  status: BuildStatus
  docker_image_name: string
  ray_version: string
  registry_login_secret: string | null
  env_vars: Record<string, string>
  cloud_id: CloudId
  creator_id: string
  creator_name: string | null
  created_at: string
  last_modified_at: string
  digest: string | null
  size_bytes: number | null
  platform: string | null
  byod_ray_version: string | null
  warnings: ConfigWarning[]
  advice: CheckAdvice[]
  checked_by: NodeId | null
  /** Whether idle nodes bring its image once it is checked. */
  prefetch: boolean
  steps: StepReport[]
  problem: ReportedProblem | null
  /** Counts the check's leases; a report with another attempt is not from the holder. */
  attempt: number
  lease_node_id: NodeId | null
  lease_expires_at: string | null
}

export interface ClusterRecord {
  id: ClusterId
  name: string
  state: ClusterState
  problem: ReportedProblem | null
  cloud_id: CloudId
  build_id: BuildId
  worker_count: number
  pin_digest: boolean
  digest: string | null
  generation: number
  /** Whether this generation was ever up: a worker that fails later degrades it but does not end it. */
  was_running: boolean
  creator_id: string
  creator_name: string | null
  created_at: string
  state_changed_at: string
  head_address: string | null
  dashboard_url: string | null
  alive_nodes: number | null
  /** What Ray requires from every client in this start; null if it requires nothing, and once the cluster has ended. */
  ray_token: string | null
}

/** One node's part in one start of a cluster. It holds the node until `released_at`. */
export interface MemberRecord {
  cluster_id: ClusterId
  generation: number
  node_id: NodeId
  role: RayRole
  phase: WorkloadPhase
  steps: StepReport[]
  problem: ReportedProblem | null
  warnings: ProblemCode[]
  last_lines: LastLines | null
  last_lines_at: string | null
  assigned_at: string
  released_at: string | null
}

export interface NodeRecord {
  id: NodeId
  name: string
  cloud_id: CloudId
  checker: boolean
  public_key: string
  facts: NodeFacts | null
  joined_at: string
  identity: NodeIdentity | null
  /** Identifies the machine, unique among live nodes (S19). */
  instance_key: string | null
  second_join: { name: string; at: string } | null
  last_heard_at: string | null
  revoked_at: string | null
  /** Null while the node exists, and if it ended before this was recorded. */
  revoked_because: NodeEnd | null
  /** The newest reports, so that a repeated one counts once. */
  report_ids: string[]
  pull_chain: ChainState | null
}

export interface NodeSessionRecord {
  id: SessionId
  node_id: NodeId
  expires_at: string
}

export interface JoinTokenRecord {
  id: JoinTokenId
  cloud_id: CloudId
  token_hash: string
  creator_id: string
  created_at: string
  expires_at: string
  used_at: string | null
  used_by_node_id: NodeId | null
  used_by_node_name: string | null
}

export interface ApiTokenRecord extends ApiToken {
  token_hash: string
}

export type AuditRecord = AuditEvent

export interface StoredPull {
  /** Orders the records by arrival. */
  key: string
  id: string
  node_id: NodeId
  sequence: number
  hash: string
  cluster_id: ClusterId | null
  /** For a check. */
  build_id: BuildId | null
  purpose: PullPurpose
  code: ProblemCode | null
  registry: string
  decision: PullDecision
  bytes: number
  /** Whole milliseconds, as a number that every database can hold. */
  duration_ms: number
  record: PullRecord
  chain: ChainState
  received_at: string
}

export interface PullCheckpointRecord extends PullCheckpoint {
  node_id: NodeId
  /** SHA-256 of the RFC 8785 JSON of all other fields. */
  checksum: string
}

/** An answer to a POST with an Idempotency-Key, sealed for the caller that sent it. */
export interface IdempotentAnswer {
  caller_id: string
  key: string
  request_hash: string
  status: number
  sealed_body: string
  created_at: string
}

/** A reader's position: after the last event that it read. The time distinguishes events with the same number, one of them from a lost past. */
export interface EventMark {
  readonly sequence: number
  /** Null if only the number is known. */
  readonly at: string | null
}

export interface EventRecord {
  sequence: number
  kind: ChangeKind
  resource_id: string
  at: string
}
