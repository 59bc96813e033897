/** Nodes: the machines whose agents joined. */
import type { Node } from '@fairlead/contract/wire'
import { page, single } from './answer.ts'
import { pagesOf, type NameQuery, type Pages, type TableQuery } from './pages.ts'
import type { CallOptions, Transport, WriteOptions } from './transport.ts'

const node = async () => (await import('@fairlead/contract/wire/node')).Node

export interface NodeQuery extends NameQuery, TableQuery<'name' | 'joined_at'> {
  readonly cloud_id?: string | undefined
  readonly state?: Node['state'] | undefined
  /** Whether pods of a Kubernetes node wait for an image. */
  readonly has_waiting_pods?: boolean | undefined
  /** Whether the pull records of the node are known to form no whole chain. */
  readonly has_broken_chain?: boolean | undefined
  /** Those that have prefetched the image of this build. */
  readonly prefetched_build_id?: string | undefined
}

export class NodeCalls {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** One node, with the facts that it reported last. */
  async get(id: string, options?: CallOptions): Promise<Node> {
    return this.#transport.get(`/nodes/${encodeURIComponent(id)}`, single(node), options)
  }

  /** Newest first. */
  list(query: NodeQuery = {}, options?: CallOptions): Pages<Node> {
    return pagesOf(this.#transport, '/nodes', { ...query }, page(node), options)
  }

  /** The node's key and session are worthless from now on. */
  async revoke(id: string, options?: WriteOptions): Promise<Node> {
    return this.#transport.post(`/nodes/${encodeURIComponent(id)}/revoke`, {}, single(node), options)
  }
}
