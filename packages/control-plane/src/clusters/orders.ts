/** What a user may do with a cluster: create it, start it, terminate it. */
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { takesRayToken, type CreateCluster, type StartCluster } from '@fairlead/contract/wire'
import { iso } from '../clock.ts'
import { newRayToken } from './ray-token.ts'
import type { BuildRecord, ClusterRecord } from '../store/records.ts'
import type { Reader, Transaction } from '../store/store.ts'
import type { Creator } from '../builds/register.ts'
import { requireBuild, requireCloud, requireFreeName, requireIdentifiedBuild } from '../store/lookup.ts'
import { requireReachable } from '../clouds/choose-cloud.ts'
import { requireGranted } from '../clouds/grant-check.ts'
import { nothingRuns, rejudge, wakeAll } from './rejudge.ts'
import type { Presence } from '../nodes/presence.ts'

export async function createCluster(
  transaction: Transaction,
  body: CreateCluster,
  creator: Creator,
  now: number,
): Promise<ClusterRecord> {
  const build = await requireNamedBuild(transaction, body)
  if (build === null) throw new TypeError('the schema asks for a build')
  const cloud = await requireReachable(transaction, body.cloud_id ?? build.cloud_id)
  if (cloud.id !== build.cloud_id) {
    throw problem('BUILD_OF_OTHER_CLOUD', {}, [
      { path: 'cloud_id', detail: `the build belongs to cloud ${build.cloud_id}` },
    ])
  }
  await requireStartable(transaction, build)
  await requireFreeName(transaction, 'cluster', body.name)
  const cluster: ClusterRecord = {
    id: newId('ses', now),
    name: body.name,
    state: 'Terminated',
    problem: null,
    cloud_id: cloud.id,
    build_id: build.id,
    worker_count: body.worker_count ?? 0,
    pin_digest: body.pin_digest ?? true,
    digest: null,
    generation: 0,
    was_running: false,
    creator_id: creator.id,
    creator_name: creator.name,
    created_at: iso(now),
    state_changed_at: iso(now),
    ...nothingRuns,
  }
  await transaction.clusters.insert(cluster)
  transaction.announce('cluster', cluster.id)
  return cluster
}

/** The next generation; `schedule` places it, or says why it waits. */
export async function startCluster(
  transaction: Transaction,
  cluster: ClusterRecord,
  body: StartCluster,
  now: number,
): Promise<void> {
  if (cluster.state !== 'Terminated' && cluster.state !== 'StartupErrored') {
    throw problem('CLUSTER_BUSY', { name: cluster.name })
  }
  const build = (await requireNamedBuild(transaction, body)) ?? (await requireBuild(transaction, cluster.build_id))
  if (build.cloud_id !== cluster.cloud_id) {
    throw problem('BUILD_OF_OTHER_CLOUD', {}, [
      { path: 'cluster_environment', detail: `the cluster is of cloud ${cluster.cloud_id}` },
    ])
  }
  await requireStartable(transaction, build)
  const generation = cluster.generation + 1
  const pinDigest = body.pin_digest ?? cluster.pin_digest
  await transaction.members.removeBefore(cluster.id, generation)
  await transaction.clusters.update(cluster.id, {
    state: 'AwaitingStartup',
    problem: null,
    build_id: build.id,
    worker_count: body.worker_count ?? cluster.worker_count,
    pin_digest: pinDigest,
    digest: pinDigest ? build.digest : null,
    generation,
    was_running: false,
    state_changed_at: iso(now),
    ...nothingRuns,
    ray_token: takesRayToken(build.ray_version) ? newRayToken() : null,
  })
  transaction.announce('cluster', cluster.id)
}

export async function terminateCluster(
  transaction: Transaction,
  cluster: ClusterRecord,
  presence: Presence,
  now: number,
): Promise<void> {
  if (cluster.state === 'Terminated' || cluster.state === 'Terminating') return
  await transaction.clusters.update(cluster.id, { state: 'Terminating', problem: null, state_changed_at: iso(now) })
  transaction.announce('cluster', cluster.id)
  const members = await transaction.members.ofCluster(cluster.id)
  wakeAll(
    transaction,
    members.filter((member) => member.released_at === null).map((member) => member.node_id),
  )
  await rejudge(transaction, cluster.id, presence, now)
}

/** Its pulls stay in the records, and its name is free. */
export async function removeCluster(transaction: Transaction, cluster: ClusterRecord): Promise<void> {
  const hasEnded = cluster.state === 'Terminated' || cluster.state === 'StartupErrored'
  const members = await transaction.members.ofCluster(cluster.id)
  // A node that holds a container must be told to remove it first.
  if (!hasEnded || members.some((member) => member.released_at === null)) {
    throw problem('CLUSTER_BUSY', { name: cluster.name })
  }
  await transaction.clusters.remove(cluster.id)
  transaction.announce('cluster', cluster.id)
}

async function requireNamedBuild(
  reader: Reader,
  body: { cluster_environment?: string | undefined; cluster_environment_build_id?: string | undefined },
): Promise<BuildRecord | null> {
  if (body.cluster_environment !== undefined) return requireIdentifiedBuild(reader, body.cluster_environment)
  if (body.cluster_environment_build_id !== undefined) return requireBuild(reader, body.cluster_environment_build_id)
  return null
}

/** No cluster starts from an archived environment, a failed build, or a reference that is no longer granted (S13). */
async function requireStartable(reader: Reader, build: BuildRecord): Promise<void> {
  const environment = await reader.environments.byId(build.cluster_environment_id)
  if (environment === null) throw new TypeError('a build has an environment')
  if (environment.archived_at !== null) throw problem('CLUSTER_ENV_ARCHIVED', { name: environment.name })
  if (build.status === 'failed') throw problem('BUILD_FAILED', { name: `${environment.name}:${build.revision}` })
  const cloud = await requireCloud(reader, build.cloud_id)
  await requireGranted(reader, cloud, { reference: build.registry_login_secret, image: build.docker_image_name })
}
