/** Registers environments and their builds: validates the config and checks the grant for the reference before any write. */
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { checkEnvironmentConfig } from '@fairlead/contract/wire'
import { iso } from '../clock.ts'
import type { ApiCaller } from '../identity/api-caller.ts'
import type { BuildRecord, CloudRecord, EnvironmentRecord } from '../store/records.ts'
import type { Transaction } from '../store/store.ts'
import { chooseCloud, secretContextOf } from '../clouds/choose-cloud.ts'
import { requireCloud, requireFreeName } from '../store/lookup.ts'
import { requireGranted } from '../clouds/grant-check.ts'

/** Its token may be revoked later; its name stays with what it made. */
export type Creator = Pick<ApiCaller, 'id' | 'name'>

interface Request {
  config: unknown
  /** Absent: as the cloud says. */
  prefetch: boolean | undefined
  creator: Creator
  now: number
}

export interface RegisteredBuild {
  environment: EnvironmentRecord
  build: BuildRecord
}

export async function createEnvironment(
  transaction: Transaction,
  request: Request & { name: string; cloudId: string | undefined },
): Promise<RegisteredBuild> {
  const cloud = await chooseCloud(transaction, request.cloudId)
  const prepared = await judge(transaction, cloud, request)
  await requireFreeName(transaction, 'environment', request.name)
  const environment: EnvironmentRecord = {
    id: newId('cenv', request.now),
    name: request.name,
    cloud_id: cloud.id,
    creator_id: request.creator.id,
    creator_name: request.creator.name,
    created_at: iso(request.now),
    last_modified_at: iso(request.now),
    archived_at: null,
    latest_revision: 1,
  }
  await transaction.environments.insert(environment)
  return { environment, build: await insertBuild(transaction, environment, prepared, request) }
}

/** The next revision of an environment. */
export async function addBuild(
  transaction: Transaction,
  found: EnvironmentRecord,
  request: Request,
): Promise<RegisteredBuild> {
  if (found.archived_at !== null) throw problem('CLUSTER_ENV_ARCHIVED', { name: found.name })
  const cloud = await requireCloud(transaction, found.cloud_id)
  const prepared = await judge(transaction, cloud, request)
  const environment = {
    ...found,
    latest_revision: found.latest_revision + 1,
    last_modified_at: iso(request.now),
  }
  await transaction.environments.update(found.id, {
    latest_revision: environment.latest_revision,
    last_modified_at: environment.last_modified_at,
  })
  return { environment, build: await insertBuild(transaction, environment, prepared, request) }
}

type Prepared = Pick<
  BuildRecord,
  'docker_image_name' | 'ray_version' | 'registry_login_secret' | 'env_vars' | 'warnings' | 'prefetch'
>

async function judge(
  transaction: Transaction,
  cloud: CloudRecord,
  { config: input, prefetch = cloud.prefetch }: Request,
): Promise<Prepared> {
  const { config, warnings } = checkEnvironmentConfig(input, {
    provider: cloud.provider,
    context: secretContextOf(cloud),
  })
  const reference = config.registry_login_secret ?? null
  await requireGranted(transaction, cloud, { reference, image: config.docker_image })
  return {
    docker_image_name: config.docker_image,
    ray_version: config.ray_version,
    registry_login_secret: reference,
    env_vars: config.env_vars ?? {},
    warnings,
    prefetch,
  }
}

async function insertBuild(
  transaction: Transaction,
  environment: EnvironmentRecord,
  prepared: Prepared,
  request: Request,
): Promise<BuildRecord> {
  const build: BuildRecord = {
    ...prepared,
    id: newId('bld', request.now),
    cluster_environment_id: environment.id,
    revision: environment.latest_revision,
    status: 'pending',
    cloud_id: environment.cloud_id,
    creator_id: request.creator.id,
    creator_name: request.creator.name,
    created_at: iso(request.now),
    last_modified_at: iso(request.now),
    digest: null,
    size_bytes: null,
    advice: [],
    platform: null,
    byod_ray_version: null,
    checked_by: null,
    steps: [],
    problem: null,
    attempt: 0,
    lease_node_id: null,
    lease_expires_at: null,
  }
  await transaction.builds.insert(build)
  transaction.announce('build', build.id)
  return build
}
