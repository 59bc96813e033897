/** Which images the idle nodes of a cloud bring ahead: those of its newest checked builds that are to be prefetched. */
import type { CloudId } from '@fairlead/contract/names'
import { mostPrefetched, Prefetch } from '@fairlead/contract/wire'
import { lostGrant } from '../clouds/grant-check.ts'
import type { BuildRecord } from '../store/records.ts'
import type { Reader, Transaction } from '../store/store.ts'

/** How many nodes of a cloud begin in a second. */
const nodesPerSecond = 2
const mostNodes = 100_000

export async function prefetchOf(reader: Reader, cloudId: CloudId): Promise<Prefetch | null> {
  const images: Prefetch['images'] = []
  for (const build of await reader.builds.toPrefetch(cloudId, mostPrefetched)) {
    // No node is given a reference that is no longer granted (S13).
    if (build.digest === null || (await lostGrant(reader, build)) !== null) continue
    images.push({ build_id: build.id, ...imageOf(build), digest: build.digest })
  }
  if (images.length === 0) return null
  const nodes = await reader.nodes.count({ cloudId, live: true }, mostNodes)
  return Prefetch.parse({ images, within_seconds: secondsFor(nodes) })
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
