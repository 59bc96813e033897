/** Decides which image an idle node brings next, and when. Pure. */
import type { PrefetchedImage, Workload } from '@fairlead/contract/wire'

export interface PrefetchEntry {
  readonly image: PrefetchedImage
  /** On the monotonic clock; Infinity once it is here, or if trying again would not help. */
  readonly dueAt: number
}

export type NextPrefetch =
  | { readonly bring: PrefetchedImage }
  | { /** Until something changes, if infinite. */ readonly waitMs: number }

/** The newest that is due; nothing while a cluster wants the node. */
export function nextPrefetch(entries: readonly PrefetchEntry[], workload: Workload | null, now: number): NextPrefetch {
  if (workload !== null) return { waitMs: Infinity }
  const due = entries.find(({ dueAt }) => dueAt <= now)
  if (due !== undefined) return { bring: due.image }
  return { waitMs: Math.min(...entries.map(({ dueAt }) => dueAt)) - now }
}

/** A pull of the image that the cluster wants goes on: the cluster's own pull joins it. Any other makes way. */
export function makesWay(running: PrefetchedImage, workload: Workload | null): boolean {
  if (workload === null) return false
  const isSame =
    workload.docker_image === running.docker_image && (workload.digest === null || workload.digest === running.digest)
  return !isSame
}
