/** One log line with everything known about one pull: from its record, in fixed forms. No free text, no user-chosen name except the image's own. */
import { z } from 'zod'
import { Digest, Timestamp, Version } from '../names/name.ts'
import { problems } from '../problems/problem-table.ts'
import { ProblemCode } from '../problems/problem-document.ts'
import { wireFacts } from '../problems/reported-problem.ts'
import { DoorEngine } from './door-engine.ts'
import { LoginReach } from './login-reach.ts'
import { ChainState, PullDecision, PullPurpose, PullRecord } from './pull-record.ts'
import { Provider } from '../names/provider.ts'
import { StepName } from './step.ts'

const count = z.int().nonnegative()
const milliseconds = z.number().nonnegative()

export const PullOutcome = z.enum(['done', 'refused', 'cancelled', 'failed'])
export type PullOutcome = z.infer<typeof PullOutcome>

/** Fields that both node and control plane write. */
const shared = {
  event: z.literal('pull'),
  pull_id: PullRecord.shape.id,
  node_id: PullRecord.shape.node_id,
  purpose: PullPurpose,
  /** Null unless it pulled through a door. */
  engine: DoorEngine.nullable(),
  cluster_id: PullRecord.shape.cluster_id,
  build_id: PullRecord.shape.build_id,
  /** Null if the image's name could not be parsed. */
  registry: wireFacts.registry.nullable(),
  repository: wireFacts.repository.nullable(),
  digest: Digest.nullable(),
  /** Whether the order named a secret; the pull record says which one. */
  secret: z.enum(['none', 'named']),
  decision: PullDecision,
  /** Null if the agent predates this field. */
  login: LoginReach.nullable(),
  /** Refused: by one of our rules or the node owner's. Cancelled: nothing was waiting for it any more. */
  outcome: PullOutcome,
  code: ProblemCode.nullable(),
  /** The step that failed. */
  failed_step: StepName.nullable(),
  /** For each completed step. */
  step_ms: z.partialRecord(StepName, milliseconds),
  bytes: count,
  total_bytes: count.nullable(),
  started_at: Timestamp,
  duration_ms: milliseconds,
}

/** In the agent's log. */
export const NodePullEvent = z.strictObject({
  ...shared,
  /** Null if the record could not be written. */
  sequence: PullRecord.shape.sequence.nullable(),
  secret_provider: Provider.nullable(),
  /** Answers from the secret manager, and from the cache of earlier ones. */
  secret_reads: count,
  secret_kept: count,
  /** Requests that the registry made us repeat, and layers that resumed where they were cut off. */
  retries: count,
  resumed_streams: count,
  /** The image's layers, those fetched in this pull, and those already present. */
  layers: count.nullable(),
  layers_fetched: count,
  layers_here: count.nullable(),
  engine_restarts: count,
  engine_version: Version.nullable(),
  agent_version: Version,
  policy: z.strictObject({
    on_mismatch: z.enum(['fail', 'anonymous']),
    offline_start: z.enum(['allow', 'forbid']),
    registries: z.enum(['all', 'listed']),
    secrets: z.enum(['all', 'listed']),
    proxy: z.enum(['none', 'set']),
  }),
})
export type NodePullEvent = z.infer<typeof NodePullEvent>

/** In the control plane's log, when the record is stored. */
export const TakenPullEvent = z.strictObject({
  ...shared,
  sequence: PullRecord.shape.sequence,
  chain: ChainState,
})
export type TakenPullEvent = z.infer<typeof TakenPullEvent>

type SharedEvent = Omit<TakenPullEvent, 'sequence' | 'chain'>

export function pullEvent(record: Omit<PullRecord, 'sequence' | 'previous_hash' | 'hash'>): SharedEvent {
  const { id, node_id, purpose, cluster_id, build_id, digest, decision, code, bytes, total_bytes } = record
  const ended = record.steps.filter(({ status, duration_ms }) => status !== 'skipped' && duration_ms !== null)
  return {
    event: 'pull',
    pull_id: id,
    node_id,
    purpose,
    engine: record.engine ?? null,
    cluster_id,
    build_id,
    // No other party's node decides what a log contains: anything that is not shaped like a host is omitted.
    registry: wireFacts.registry.safeParse(record.registry).data ?? null,
    repository: wireFacts.repository.safeParse(record.repository).data ?? null,
    digest,
    secret: record.secret_reference === null ? 'none' : 'named',
    decision,
    login: record.login ?? null,
    outcome: outcomeOf(code),
    code,
    failed_step: record.steps.find(({ status }) => status === 'failed')?.step ?? null,
    step_ms: Object.fromEntries(ended.map(({ step, duration_ms }) => [step, duration_ms ?? 0])),
    bytes,
    total_bytes,
    started_at: record.started_at,
    duration_ms: record.duration_ms,
  }
}

const refusedExit = 3

function outcomeOf(code: ProblemCode | null): PullOutcome {
  if (code === null) return 'done'
  if (code === 'INTERRUPTED') return 'cancelled'
  return problems[code].exit === refusedExit ? 'refused' : 'failed'
}
