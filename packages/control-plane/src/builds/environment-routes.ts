/** /cluster_environments: named image configurations. */
import { CloudId } from '@fairlead/contract/names'
import { type ProblemCode } from '@fairlead/contract/problems'
import {
  Build,
  BuildStatus,
  CheckAdvice,
  ClusterEnvironment,
  CreateBuild,
  CreateClusterEnvironment,
  page,
  single,
} from '@fairlead/contract/wire'
import { z } from 'zod'
import { iso, type Clock } from '../clock.ts'
import { requireEnvironment } from '../store/lookup.ts'
import { addBuild, createEnvironment } from './register.ts'
import type { Schedule } from '../schedule.ts'
import type { EnvironmentRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import type { EnvironmentFilter } from '../store/tables/environments.ts'
import { NamedPageQuery, nameFilter, queryFlag, tableFields } from '../http/list-query.ts'
import { pageOf } from '../http/paging.ts'
import { presentBuild, presentEnvironment } from './present.ts'
import { get, post, type Route } from '../http/route.ts'
import type { Role } from '@fairlead/contract/wire'

const configProblems: ProblemCode[] = [
  'CONFIG_INVALID',
  'CONFIG_UNKNOWN_FIELD',
  'IMAGE_REF_INVALID',
  'SECRET_REF_INVALID',
  'REFERENCE_LOOKS_LIKE_A_SECRET',
  'REFERENCE_NOT_ALLOWED',
]

const EnvironmentQuery = NamedPageQuery.extend({
  cloud_id: CloudId.optional(),
  include_archived: queryFlag.optional(),
  build_status: BuildStatus.optional(),
  advice: CheckAdvice.optional(),
  sort: z.enum(['name', 'last_modified_at']).optional(),
  ...tableFields,
})

const environmentFilter = (query: z.output<typeof EnvironmentQuery>): EnvironmentFilter => ({
  ...nameFilter(query),
  cloudId: query.cloud_id,
  includeArchived: query.include_archived ?? false,
  buildStatus: query.build_status,
  advice: query.advice,
})

export function clusterEnvironmentRoutes({ clock, schedule }: { clock: Clock; schedule: Schedule }): Route[] {
  return [
    post(
      {
        path: '/api/v1/cluster_environments',
        access: 'developer',
        summary: 'Create a cluster environment with its first build',
        body: CreateClusterEnvironment,
        status: 201,
        answer: single(ClusterEnvironment),
        problems: [
          ...configProblems,
          'NAME_IN_USE',
          'NAME_INVALID',
          'CLOUD_MISSING',
          'CLOUD_REQUIRED',
          'CLOUD_NOT_FOUND',
          'TOKEN_LIMITED_TO_CLOUDS',
        ],
      },
      async ({ body, caller }, transaction) => {
        const { environment, build } = await createEnvironment(transaction, {
          name: body.name,
          cloudId: body.cloud_id,
          config: body.config_json,
          prefetch: body.prefetch,
          creator: caller,
          now: clock(),
        })
        await schedule(transaction, environment.cloud_id)
        return { result: presentEnvironment(environment, build, caller.role) }
      },
    ),
    get(
      {
        path: '/api/v1/cluster_environments',
        access: 'viewer',
        summary: 'List cluster environments, newest first',
        query: EnvironmentQuery,
        showsSecrets: true,
        status: 200,
        answer: page(ClusterEnvironment),
      },
      ({ query, caller }, reader) =>
        pageOf(query, {
          list: (slice) => reader.environments.list(environmentFilter(query), slice),
          count: (limit) => reader.environments.count(environmentFilter(query), limit),
          keyOf: (environment) => environment.id,
          show: (environments) => withLatestBuilds(reader, environments, caller.role),
        }),
    ),
    get(
      {
        path: '/api/v1/cluster_environments/{environment_id}',
        access: 'viewer',
        summary: 'Get a cluster environment',
        showsSecrets: true,
        status: 200,
        answer: single(ClusterEnvironment),
        problems: ['CLUSTER_ENV_NOT_FOUND'],
      },
      async ({ params, caller }, reader) => {
        const environment = await requireEnvironment(reader, params.environment_id)
        return { result: await withLatestBuild(reader, environment, caller.role) }
      },
    ),
    post(
      {
        path: '/api/v1/cluster_environments/{environment_id}/builds',
        access: 'developer',
        summary: 'Add the next revision',
        body: CreateBuild,
        status: 201,
        answer: single(Build),
        problems: [...configProblems, 'CLUSTER_ENV_NOT_FOUND', 'CLUSTER_ENV_ARCHIVED'],
      },
      async ({ params, body, caller }, transaction) => {
        const found = await requireEnvironment(transaction, params.environment_id)
        const request = { config: body.config_json, prefetch: body.prefetch, creator: caller, now: clock() }
        const { build } = await addBuild(transaction, found, request)
        await schedule(transaction, build.cloud_id)
        return { result: presentBuild(build, caller.role) }
      },
    ),
    post(
      {
        path: '/api/v1/cluster_environments/{environment_id}/archive',
        access: 'developer',
        summary: 'Archive it: it stays readable, but no more clusters can start from it',
        audit: 'environment.archive',
        status: 200,
        answer: single(ClusterEnvironment),
        problems: ['CLUSTER_ENV_NOT_FOUND'],
      },
      async ({ params, caller }, transaction) => {
        const found = await requireEnvironment(transaction, params.environment_id)
        const now = iso(clock())
        const change = { archived_at: found.archived_at ?? now, last_modified_at: now }
        if (found.archived_at === null) {
          await transaction.environments.update(found.id, change)
          await transaction.builds.endPrefetch(found.id, null)
          transaction.announce('cluster_environment', found.id)
        }
        return { result: await withLatestBuild(transaction, { ...found, ...change }, caller.role) }
      },
    ),
  ]
}

async function withLatestBuild(
  reader: Reader,
  environment: EnvironmentRecord,
  role: Role,
): Promise<ClusterEnvironment> {
  const [shown] = await withLatestBuilds(reader, [environment], role)
  if (shown === undefined) throw new TypeError('an environment has a build')
  return shown
}

async function withLatestBuilds(
  reader: Reader,
  environments: readonly EnvironmentRecord[],
  role: Role,
): Promise<ClusterEnvironment[]> {
  const builds = await reader.builds.latestOf(environments.map((environment) => environment.id))
  const byEnvironment = new Map(builds.map((build) => [build.cluster_environment_id, build]))
  return environments.flatMap((environment) => {
    const build = byEnvironment.get(environment.id)
    return build === undefined ? [] : [presentEnvironment(environment, build, role)]
  })
}
