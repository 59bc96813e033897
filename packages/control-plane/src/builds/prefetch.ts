/** Which images the idle nodes of a cloud bring ahead: those of its newest checked builds that are to be prefetched; and how far they are. */
import type { CloudId, NodeId } from '@fairlead/contract/names'
import { mostPrefetched, Prefetch, type PrefetchProgress } from '@fairlead/contract/wire'
import { lostGrant } from '../clouds/grant-check.ts'
import type { Presence } from '../nodes/presence.ts'
import type { BuildRecord } from '../store/records.ts'
import type { Reader, Transaction } from '../store/store.ts'

/** How many nodes of a cloud begin in a second. */
const nodesPerSecond = 2
const mostNodes = 100_000

export async function prefetchOf(reader: Reader, cloudId: CloudId): Promise<Prefetch | null> {
  const builds = await buildsToBring(reader, cloudId)
  if (builds.length === 0) return null
  const images = builds.map((build) => ({ build_id: build.id, ...imageOf(build), digest: build.digest }))
  const nodes = await reader.nodes.count({ cloudId, live: true }, mostNodes)
  return Prefetch.parse({ images, within_seconds: secondsFor(nodes) })
}

type CheckedBuild = BuildRecord & { readonly digest: string }

/** The newest first. */
async function buildsToBring(reader: Reader, cloudId: CloudId): Promise<CheckedBuild[]> {
  const builds: CheckedBuild[] = []
  for (const build of await reader.builds.toPrefetch(cloudId, mostPrefetched)) {
    const { digest } = build
    // No node is given a reference that is no longer granted (S13).
    if (digest !== null && (await lostGrant(reader, build)) === null) builds.push({ ...build, digest })
  }
  return builds
}

/** Undefined while no node is asked to bring the image. */
export async function prefetchProgress(
  reader: Reader,
  build: BuildRecord,
  presence: Presence,
): Promise<PrefetchProgress | undefined> {
  if (!build.prefetch) return undefined
  const { id, cloud_id: cloudId } = build
  if (!(await buildsToBring(reader, cloudId)).some((one) => one.id === id)) return undefined
  const { free, ready, failed } = await reader.nodes.prefetching(cloudId, build)
  const isLost = presence.lostNow()
  const online = (nodes: readonly NodeId[]) => nodes.filter((node) => !isLost(node)).length
  return { idle_nodes: online(free), ready_nodes: online(ready), failed_nodes: online(failed) }
}

/** A power of two, so that it stays the same while a few nodes come and go. */
export function secondsFor(nodes: number): number {
  if (nodes <= nodesPerSecond) return 0
  return 2 ** Math.ceil(Math.log2(nodes / nodesPerSecond))
}

/** Others learn of it within minutes, when what is known of their state is read again. */
const mostWoken = 1000

/** A build is checked: the image of an environment is that of its newest one, whether or not it is to be prefetched. */
export async function offerImage(transaction: Transaction, build: BuildRecord): Promise<void> {
  await transaction.builds.endPrefetch(build.cluster_environment_id, build.revision)
  if (!build.prefetch) return
  for (const { id } of await transaction.nodes.free(build.cloud_id, mostWoken)) transaction.wake(id)
}

export function imageOf(build: BuildRecord) {
  return {
    docker_image: build.docker_image_name,
    ray_version: build.ray_version,
    registry_login_secret: build.registry_login_secret,
  }
}
