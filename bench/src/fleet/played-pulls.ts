/** The pull records of a played node: chained as an agent chains them, and sent until they are acknowledged. */
import type { PullOutbox } from '@fairlead/agent/channel/report-queue'
import { newId, type NodeId } from '@fairlead/contract/names'
import type { PullRecord, Workload } from '@fairlead/contract/wire'
import { chainRecord, emptyChain, type ChainHead } from '@fairlead/credential-path/record/record-chain'

export interface PlayedPull {
  readonly workload: Workload
  readonly digest: string
  readonly bytes: number
  readonly durationMs: number
}

export class PlayedPulls implements PullOutbox {
  readonly #nodeId: NodeId
  #end: ChainHead = emptyChain
  #unacknowledged: readonly PullRecord[] = []

  constructor(nodeId: NodeId) {
    this.#nodeId = nodeId
  }

  add({ workload, digest, bytes, durationMs }: PlayedPull): void {
    const now = Date.now()
    const record = chainRecord(
      {
        id: newId('pull', now),
        node_id: this.#nodeId,
        purpose: 'cluster',
        cluster_id: workload.cluster_id,
        build_id: null,
        image: workload.docker_image,
        registry: 'registry.example.com',
        repository: 'team/app',
        digest,
        secret_reference: workload.registry_login_secret,
        secret_version: null,
        decision: workload.registry_login_secret === null ? 'anonymous_no_secret' : 'authenticated',
        code: null,
        bytes,
        total_bytes: bytes,
        started_at: new Date(now - durationMs).toISOString(),
        duration_ms: durationMs,
        steps: [],
      },
      this.#end,
    )
    this.#end = record
    this.#unacknowledged = [...this.#unacknowledged, record]
  }

  unacknowledged(limit: number): readonly PullRecord[] {
    return this.#unacknowledged.slice(0, limit)
  }

  acknowledge(records: readonly PullRecord[]): void {
    const taken = new Set(records)
    this.#unacknowledged = this.#unacknowledged.filter((record) => !taken.has(record))
  }
}
