/** /cluster_environment_builds: the revisions of environments, and their checks. */
import { BuildName } from '@fairlead/contract/names'
import { Build, page, PageQuery, single, type Role } from '@fairlead/contract/wire'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { requireBuild, requireEnvironment, requireIdentifiedBuild } from '../store/lookup.ts'
import { checkAgain } from './checks.ts'
import type { Presence } from '../nodes/presence.ts'
import type { Schedule } from '../schedule.ts'
import type { BuildRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import { pageOf } from '../http/paging.ts'
import { prefetchProgress } from './prefetch.ts'
import { presentBuild } from './present.ts'
import { get, post, type Route } from '../http/route.ts'

const BuildQuery = PageQuery.extend({ cluster_environment_id: z.string().max(64).optional() })
const IdentifierQuery = z.strictObject({ identifier: BuildName })

export interface BuildRouteParts {
  readonly clock: Clock
  readonly schedule: Schedule
  readonly presence: Presence
}

export function buildRoutes({ clock, schedule, presence }: BuildRouteParts): Route[] {
  /** More than in a list, where it would be counted for each. */
  const show = async (reader: Reader, build: BuildRecord, role: Role): Promise<Build> => {
    const progress = await prefetchProgress(reader, build, presence)
    return { ...presentBuild(build, role), ...(progress && { prefetch_progress: progress }) }
  }
  return [
    get(
      {
        path: '/api/v1/cluster_environment_builds',
        access: 'viewer',
        summary: 'List builds, newest first',
        query: BuildQuery,
        showsSecrets: true,
        status: 200,
        answer: page(Build),
        problems: ['CLUSTER_ENV_NOT_FOUND'],
      },
      async ({ query, caller }, reader) => {
        const named = query.cluster_environment_id
        const environment = named === undefined ? null : await requireEnvironment(reader, named)
        return pageOf(query, {
          list: (slice) => reader.builds.list(environment?.id ?? null, slice),
          keyOf: (build) => build.id,
          show: (builds) => builds.map((build) => presentBuild(build, caller.role)),
        })
      },
    ),
    get(
      {
        path: '/api/v1/cluster_environment_builds/by_identifier',
        access: 'viewer',
        summary: 'Find a build by name, or name:revision',
        query: IdentifierQuery,
        showsSecrets: true,
        status: 200,
        answer: single(Build),
        problems: ['CLUSTER_ENV_NOT_FOUND', 'BUILD_NOT_FOUND'],
      },
      async ({ query, caller }, reader) => ({
        result: await show(reader, await requireIdentifiedBuild(reader, query.identifier), caller.role),
      }),
    ),
    get(
      {
        path: '/api/v1/cluster_environment_builds/{build_id}',
        access: 'viewer',
        summary: 'Get a build',
        showsSecrets: true,
        status: 200,
        answer: single(Build),
        problems: ['BUILD_NOT_FOUND'],
      },
      async ({ params, caller }, reader) => ({
        result: await show(reader, await requireBuild(reader, params.build_id), caller.role),
      }),
    ),
    post(
      {
        path: '/api/v1/cluster_environment_builds/{build_id}/verify',
        access: 'developer',
        summary: 'Check a build again on a node',
        status: 202,
        answer: single(Build),
        problems: ['BUILD_NOT_FOUND', 'REFERENCE_NOT_ALLOWED', 'CLUSTER_ENV_ARCHIVED'],
      },
      async ({ params, caller }, transaction) => {
        const found = await requireBuild(transaction, params.build_id)
        await checkAgain(transaction, found, clock())
        await schedule(transaction, found.cloud_id)
        return { result: presentBuild(await requireBuild(transaction, found.id), caller.role) }
      },
    ),
  ]
}
