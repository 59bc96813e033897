/** Decides what an idle node does next about the images that it is to bring, or brought. Pure. */
import type { PrefetchedImage, Workload } from '@fairlead/contract/wire'

export interface PrefetchEntry {
  readonly image: PrefetchedImage
  /** On the monotonic clock, as all times here; Infinity once it is here, or if trying again would not help. */
  readonly dueAt: number
}

/** An image that was brought and is no longer wanted. */
export interface Leftover {
  /** Under which it is kept. */
  readonly tag: string
  /** When to let go of it. */
  readonly dueAt: number
}

export interface PrefetchState {
  readonly entries: readonly PrefetchEntry[]
  readonly leftovers: readonly Leftover[]
  /** Tags of images that are in the way of a cluster, wanted or not. */
  readonly inTheWay: readonly string[]
  /** When to ask the engine again which images it has. */
  readonly lookAt: number
  readonly workload: Workload | null
}

export type NextPrefetch =
  | { readonly do: 'look' }
  | { readonly do: 'drop'; readonly tag: string }
  | { readonly do: 'bring'; readonly image: PrefetchedImage }
  | { readonly do: 'wait'; /** Until something changes, if infinite. */ readonly ms: number }

/**
 * What the engine has is looked at first, and room is made before the newest comes that is due. While a cluster wants the node, room is made
 * only for the cluster, and nothing comes.
 */
export function nextPrefetch(state: PrefetchState, now: number): NextPrefetch {
  const { entries, leftovers, inTheWay, lookAt, workload } = state
  const isDue = ({ dueAt }: { readonly dueAt: number }): boolean => dueAt <= now
  if (lookAt <= now) return { do: 'look' }
  const [obstacle] = inTheWay
  if (obstacle !== undefined) return { do: 'drop', tag: obstacle }
  if (workload !== null) return { do: 'wait', ms: lookAt - now }
  const leftover = leftovers.find(isDue)
  if (leftover !== undefined) return { do: 'drop', tag: leftover.tag }
  const wanted = entries.find(isDue)
  if (wanted !== undefined) return { do: 'bring', image: wanted.image }
  return { do: 'wait', ms: Math.min(lookAt, ...[...entries, ...leftovers].map(({ dueAt }) => dueAt)) - now }
}

/** A pull of the image that the cluster wants goes on: the cluster's own pull joins it. Any other makes way. */
export function makesWay(running: PrefetchedImage, workload: Workload | null): boolean {
  if (workload === null) return false
  const isSame =
    workload.docker_image === running.docker_image && (workload.digest === null || workload.digest === running.digest)
  return !isSame
}
