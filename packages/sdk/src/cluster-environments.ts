/** Cluster environments and their builds. */
import type {
  Build,
  BuildStatus,
  CheckAdvice,
  ClusterEnvironment,
  CreateBuild,
  CreateClusterEnvironment,
} from '@fairlead/contract/wire'
import { page, single } from './answer.ts'
import { pagesOf, type NameQuery, type Pages, type TableQuery } from './pages.ts'
import { withQuery, type CallOptions, type Transport, type WriteOptions } from './transport.ts'

const build = async () => (await import('@fairlead/contract/wire/cluster-environment')).Build
const clusterEnvironment = async () => (await import('@fairlead/contract/wire/cluster-environment')).ClusterEnvironment

export interface ClusterEnvironmentQuery extends NameQuery, TableQuery<'name' | 'last_modified_at'> {
  readonly cloud_id?: string | undefined
  readonly include_archived?: boolean | undefined
  /** Of the newest build. */
  readonly build_status?: BuildStatus | undefined
  /** What the check of the newest build noticed. */
  readonly advice?: CheckAdvice | undefined
}

export class ClusterEnvironmentCalls {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Creates the environment and its first build in one step; a name in use is NAME_IN_USE. */
  async create(body: CreateClusterEnvironment, options?: WriteOptions): Promise<ClusterEnvironment> {
    return this.#transport.post('/cluster_environments', body, single(clusterEnvironment), options)
  }

  /** The next revision. */
  async createBuild(id: string, body: CreateBuild, options?: WriteOptions): Promise<Build> {
    return this.#transport.post(`${environmentPath(id)}/builds`, body, single(build), options)
  }

  /** One environment, with its newest build. */
  async get(id: string, options?: CallOptions): Promise<ClusterEnvironment> {
    return this.#transport.get(environmentPath(id), single(clusterEnvironment), options)
  }

  /** Newest first. */
  list(query: ClusterEnvironmentQuery = {}, options?: CallOptions): Pages<ClusterEnvironment> {
    return pagesOf(this.#transport, '/cluster_environments', { ...query }, page(clusterEnvironment), options)
  }

  /** It stays readable, but no more clusters can start from it. */
  async archive(id: string, options?: WriteOptions): Promise<ClusterEnvironment> {
    return this.#transport.post(`${environmentPath(id)}/archive`, {}, single(clusterEnvironment), options)
  }
}

export class BuildCalls {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** One build, with the outcome of its check. */
  async get(id: string, options?: CallOptions): Promise<Build> {
    return this.#transport.get(buildPath(id), single(build), options)
  }

  /** By `name` (the newest) or `name:revision`. */
  async find(identifier: string, options?: CallOptions): Promise<Build> {
    const path = withQuery('/cluster_environment_builds/by_identifier', { identifier })
    return this.#transport.get(path, single(build), options)
  }

  /** The builds of an environment, newest first. */
  list(clusterEnvironmentId: string, options?: CallOptions): Pages<Build> {
    const query = { cluster_environment_id: clusterEnvironmentId }
    return pagesOf(this.#transport, '/cluster_environment_builds', query, page(build), options)
  }

  /** Checks the build on a node again, after a secret or a registry was fixed. */
  async verify(id: string, options?: WriteOptions): Promise<Build> {
    return this.#transport.post(`${buildPath(id)}/verify`, {}, single(build), options)
  }
}

function environmentPath(id: string): string {
  return `/cluster_environments/${encodeURIComponent(id)}`
}

function buildPath(id: string): string {
  return `/cluster_environment_builds/${encodeURIComponent(id)}`
}
