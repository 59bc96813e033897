/** One attempt to pull or check an image: order, parts, and what is known so far. It always becomes a record: enums, digests, counts, times (S6). */
import { newId, registryOf, type ImageReference, type NodeId } from '@fairlead/contract/names'
import { type ProblemCode } from '@fairlead/contract/problems'
import { type PodName, type PullDecision } from '@fairlead/contract/wire'
import { recordedDecision } from './decision.ts'
import type { PullOrder, PullWatch } from '../image-puller.ts'
import type { PullParts } from '../pull/pull-parts.ts'
import type { RateBudget } from '../registry/http/rate-budget.ts'
import type { FirstAnswer } from '../registry/registry-client.ts'
import { LoginTrace } from './login-trace.ts'
import { PullTally } from './pull-tally.ts'
import type { UnchainedRecord } from './record-chain.ts'
import { StepRecorder } from './step-recorder.ts'

const versionForm = /^[A-Za-z0-9._-]{1,64}$/

export class PullAttempt {
  readonly order: PullOrder
  readonly parts: PullParts
  readonly signal: AbortSignal
  readonly steps: StepRecorder
  readonly tally = new PullTally()
  readonly login: LoginTrace
  /** Nothing counts as sent until a decision is made. */
  decision: PullDecision = 'refused'
  image: ImageReference | null = null
  /** Set once the reference was parsed: one that could not be parsed may be a pasted password. */
  reference: string | null = null
  secretVersion: string | null = null
  digest: string | null = null
  bytes = 0
  totalBytes: number | null = null
  /** Who waited for the image, if this node knows its pods. */
  pods: readonly PodName[] | null = null
  /** What the registry said while the secret was being read; null if it was not asked. */
  asked: FirstAnswer | null = null
  /** How many pulls the registry said are left, if it does. */
  rate: RateBudget | null = null
  readonly #startedAt = new Date()
  readonly #clock = performance.now()

  constructor(order: PullOrder, parts: PullParts, { signal, onSteps }: PullWatch) {
    this.order = order
    this.parts = parts
    this.signal = signal
    this.steps = new StepRecorder(onSteps)
    this.login = new LoginTrace(order.secret)
  }

  record(nodeId: NodeId | null, code: ProblemCode | null): UnchainedRecord {
    return {
      id: newId('pull', this.#startedAt.getTime()),
      node_id: nodeId,
      purpose: this.order.purpose,
      ...(this.order.purpose === 'door' && { engine: this.order.engine }),
      ...(this.pods !== null && { pods: [...this.pods] }),
      cluster_id: this.order.clusterId,
      build_id: this.order.buildId,
      // Like the reference: a name that could not be parsed may contain a password.
      image: this.image === null ? '' : this.order.image.slice(0, 512),
      registry: this.#registryKey(),
      repository: this.image?.path ?? '',
      digest: this.digest,
      secret_reference: this.reference,
      secret_version: this.secretVersion !== null && versionForm.test(this.secretVersion) ? this.secretVersion : null,
      decision: recordedDecision(this.decision, code),
      login: this.login.record(),
      code,
      bytes: this.bytes,
      total_bytes: this.totalBytes,
      started_at: this.#startedAt.toISOString(),
      duration_ms: Math.round((performance.now() - this.#clock) * 1000) / 1000,
      steps: [...this.steps.steps],
    }
  }

  #registryKey(): string {
    try {
      return this.image === null ? '' : registryOf(this.image).key
    } catch {
      // A host that cannot be compared is recorded in the image's name.
      return ''
    }
  }
}
