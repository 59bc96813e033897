/** /clusters: create, start, terminate, read. */
import {
  Cluster,
  ClusterConnection,
  ClusterNode,
  ClusterState,
  CreateCluster,
  page,
  PageQuery,
  type Role,
  single,
  StartCluster,
} from '@fairlead/contract/wire'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { createCluster, removeCluster, startCluster, terminateCluster } from './orders.ts'
import { requireCluster } from '../store/lookup.ts'
import type { Presence } from '../nodes/presence.ts'
import type { Schedule } from '../schedule.ts'
import type { ClusterRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import type { ClusterFilter } from '../store/tables/clusters.ts'
import { NamedPageQuery, nameFilter, queryFlag, tableFields } from '../http/list-query.ts'
import { pageOf } from '../http/paging.ts'
import { presentClusters, presentConnection, presentNodesOfLastStart } from './present.ts'
import { get, post, remove, type Route } from '../http/route.ts'

export interface ClusterRouteParts {
  readonly clock: Clock
  readonly presence: Presence
  readonly schedule: Schedule
}

const ClusterQuery = NamedPageQuery.extend({
  state: ClusterState.optional(),
  has_problem: queryFlag.optional(),
  sort: z.enum(['name', 'state', 'state_changed_at']).optional(),
  ...tableFields,
})

const clusterFilter = (query: z.output<typeof ClusterQuery>): ClusterFilter => ({
  ...nameFilter(query),
  state: query.state,
  hasProblem: query.has_problem,
})

/** The part of a request that names the build for a cluster. */
const buildProblems = [
  'CLUSTER_ENV_NOT_FOUND',
  'CLUSTER_ENV_ARCHIVED',
  'BUILD_NOT_FOUND',
  'BUILD_FAILED',
  'BUILD_OF_OTHER_CLOUD',
  'REFERENCE_NOT_ALLOWED',
] as const

export function clusterRoutes({ clock, presence, schedule }: ClusterRouteParts): Route[] {
  const present = async (reader: Reader, cluster: ClusterRecord, role: Role): Promise<Cluster> => {
    const [shown] = await presentClusters(reader, [cluster], presence, role)
    if (shown === undefined) throw new TypeError('one cluster is shown as one')
    return shown
  }
  return [
    post(
      {
        path: '/api/v1/clusters',
        access: 'developer',
        summary: 'Create a cluster, in state Terminated',
        body: CreateCluster,
        status: 201,
        answer: single(Cluster),
        problems: ['NAME_IN_USE', 'NAME_INVALID', 'CLOUD_NOT_FOUND', 'TOKEN_LIMITED_TO_CLOUDS', ...buildProblems],
      },
      async ({ body, caller }, transaction) => ({
        result: await present(transaction, await createCluster(transaction, body, caller, clock()), caller.role),
      }),
    ),
    get(
      {
        path: '/api/v1/clusters',
        access: 'viewer',
        summary: 'List clusters, newest first',
        query: ClusterQuery,
        showsSecrets: true,
        status: 200,
        answer: page(Cluster),
      },
      ({ query, caller }, reader) =>
        pageOf(query, {
          list: (slice) => reader.clusters.list(clusterFilter(query), slice),
          count: (limit) => reader.clusters.count(clusterFilter(query), limit),
          keyOf: (cluster) => cluster.id,
          show: (clusters) => presentClusters(reader, clusters, presence, caller.role),
        }),
    ),
    get(
      {
        path: '/api/v1/clusters/{cluster_id}',
        access: 'viewer',
        summary: 'Get a cluster',
        showsSecrets: true,
        status: 200,
        answer: single(Cluster),
        problems: ['CLUSTER_NOT_FOUND'],
      },
      async ({ params, caller }, reader) => ({
        result: await present(reader, await requireCluster(reader, params.cluster_id), caller.role),
      }),
    ),
    get(
      {
        path: '/api/v1/clusters/{cluster_id}/nodes',
        access: 'viewer',
        summary: 'The nodes of a cluster, the head first; for a Terminated cluster, those of its last start; one page',
        query: PageQuery,
        showsSecrets: true,
        status: 200,
        answer: page(ClusterNode),
        problems: ['CLUSTER_NOT_FOUND'],
      },
      async ({ params, caller }, reader) => {
        const cluster = await requireCluster(reader, params.cluster_id)
        const results = await presentNodesOfLastStart(reader, cluster, presence, caller.role)
        return { results, metadata: { next_paging_token: null } }
      },
    ),
    get(
      {
        path: '/api/v1/clusters/{cluster_id}/connection',
        access: 'developer',
        summary: 'How to connect to Ray in a running cluster: its address, and the token that it requires',
        showsSecrets: true,
        status: 200,
        answer: single(ClusterConnection),
        problems: ['CLUSTER_NOT_FOUND', 'CLUSTER_NOT_RUNNING'],
      },
      async ({ params }, reader) => ({
        result: presentConnection(await requireCluster(reader, params.cluster_id)),
      }),
    ),
    post(
      {
        path: '/api/v1/clusters/{cluster_id}/start',
        access: 'developer',
        summary: 'Start a cluster',
        body: StartCluster,
        status: 202,
        answer: single(Cluster),
        problems: ['CLUSTER_NOT_FOUND', 'CLUSTER_BUSY', ...buildProblems],
      },
      async ({ params, body, caller }, transaction) => {
        const cluster = await requireCluster(transaction, params.cluster_id)
        await startCluster(transaction, cluster, body, clock())
        await schedule(transaction, cluster.cloud_id)
        return { result: await present(transaction, await requireCluster(transaction, cluster.id), caller.role) }
      },
    ),
    post(
      {
        path: '/api/v1/clusters/{cluster_id}/terminate',
        access: 'developer',
        audit: 'cluster.terminate',
        summary: 'Stop a cluster and free its nodes',
        status: 202,
        answer: single(Cluster),
        problems: ['CLUSTER_NOT_FOUND'],
      },
      async ({ params, caller }, transaction) => {
        const cluster = await requireCluster(transaction, params.cluster_id)
        await terminateCluster(transaction, cluster, presence, clock())
        await schedule(transaction, cluster.cloud_id)
        return { result: await present(transaction, await requireCluster(transaction, cluster.id), caller.role) }
      },
    ),
    remove(
      {
        path: '/api/v1/clusters/{cluster_id}',
        access: 'developer',
        audit: 'cluster.delete',
        summary: 'Delete a cluster that has ended; the records of its pulls stay',
        problems: ['CLUSTER_NOT_FOUND', 'CLUSTER_BUSY'],
      },
      async ({ params }, transaction) => {
        const cluster = await requireCluster(transaction, params.cluster_id)
        await removeCluster(transaction, cluster)
        return { result: cluster }
      },
    ),
  ]
}
