/** Clusters. */
import type {
  Cluster,
  ClusterConnection,
  ClusterNode,
  ClusterState,
  CreateCluster,
  StartCluster,
} from '@fairlead/contract/wire'
import { page, single } from './answer.ts'
import { pagesOf, type NameQuery, type Pages, type TableQuery } from './pages.ts'
import type { CallOptions, Transport, WriteOptions } from './transport.ts'

const cluster = async () => (await import('@fairlead/contract/wire/cluster')).Cluster
const clusterConnection = async () => (await import('@fairlead/contract/wire/cluster')).ClusterConnection
const clusterNode = async () => (await import('@fairlead/contract/wire/cluster')).ClusterNode

export interface ClusterQuery extends NameQuery, TableQuery<'name' | 'state' | 'state_changed_at'> {
  readonly state?: ClusterState | undefined
  readonly has_problem?: boolean | undefined
}

export class ClusterCalls {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Creates a cluster, `Terminated`; `start` starts it. */
  async create(body: CreateCluster, options?: WriteOptions): Promise<Cluster> {
    return this.#transport.post('/clusters', body, single(cluster), options)
  }

  /** One cluster, with the state of its nodes. */
  async get(id: string, options?: CallOptions): Promise<Cluster> {
    return this.#transport.get(clusterPath(id), single(cluster), options)
  }

  /** Newest first. */
  list(query: ClusterQuery = {}, options?: CallOptions): Pages<Cluster> {
    return pagesOf(this.#transport, '/clusters', { ...query }, page(cluster), options)
  }

  /** How to reach Ray in a running cluster; the contract's `rayEnvironment` turns it into the environment a program needs. */
  async connection(id: string, options?: CallOptions): Promise<ClusterConnection> {
    return this.#transport.get(`${clusterPath(id)}/connection`, single(clusterConnection), options)
  }

  /** Returns as soon as the start is accepted; the client’s `waitForCluster` waits until it runs. */
  async start(id: string, changes: StartCluster = {}, options?: WriteOptions): Promise<Cluster> {
    return this.#transport.post(`${clusterPath(id)}/start`, changes, single(cluster), options)
  }

  /** Stops the cluster and frees its nodes. */
  async terminate(id: string, options?: WriteOptions): Promise<Cluster> {
    return this.#transport.post(`${clusterPath(id)}/terminate`, {}, single(cluster), options)
  }

  /** Deletes a cluster that has ended; one that runs is CLUSTER_BUSY. The records of its pulls stay. */
  async delete(id: string, options?: WriteOptions): Promise<void> {
    await this.#transport.delete(clusterPath(id), options)
  }

  /** What each node does for the cluster, the head first. */
  nodes(id: string, options?: CallOptions): Pages<ClusterNode> {
    return pagesOf(this.#transport, `${clusterPath(id)}/nodes`, {}, page(clusterNode), options)
  }
}

function clusterPath(id: string): string {
  return `/clusters/${encodeURIComponent(id)}`
}
