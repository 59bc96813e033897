/** The records of pulls: what was pulled, by which node, with which decision. */
import type { PullDecision, PullPurpose, PullRecord } from '@fairlead/contract/wire'
import { page, single } from './answer.ts'
import { pagesOf, type Pages, type TableQuery } from './pages.ts'
import { type CallOptions, type Transport } from './transport.ts'

const pullRecord = async () => (await import('@fairlead/contract/wire/pull-record')).PullRecord

export interface PullQuery extends TableQuery<'bytes' | 'duration_ms'> {
  readonly cluster_id?: string | undefined
  /** The checks of this build. */
  readonly build_id?: string | undefined
  readonly node_id?: string | undefined
  /** `NAMESPACE/KIND/NAME` of what owns the pods that the image was pulled for, such as `team/RayCluster/train`. */
  readonly pod_owner?: string | undefined
  readonly purpose?: PullPurpose | undefined
  readonly code?: string | undefined
  readonly registry?: string | undefined
  readonly decision?: PullDecision | undefined
  /** Records that arrived then or later. */
  readonly since?: string | undefined
  /** Records that arrived before. */
  readonly until?: string | undefined
}

export class PullCalls {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** One pull record. */
  async get(id: string, options?: CallOptions): Promise<PullRecord> {
    return this.#transport.get(`/pulls/${encodeURIComponent(id)}`, single(pullRecord), options)
  }

  /** Newest first. */
  list(query: PullQuery = {}, options?: CallOptions): Pages<PullRecord> {
    return pagesOf(this.#transport, '/pulls', { ...query }, page(pullRecord), options)
  }
}
