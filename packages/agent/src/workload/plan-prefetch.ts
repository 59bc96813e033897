/** Decides what an idle node does next about the images that it is to bring. Pure. */
import type { PrefetchedImage, Workload } from '@fairlead/contract/wire'

export interface PrefetchEntry {
  readonly image: PrefetchedImage
  /** On the monotonic clock, as all times here; Infinity once it is here, or if trying again would not help. */
  readonly dueAt: number
}

export interface PrefetchState {
  readonly entries: readonly PrefetchEntry[]
  /** When to ask the engine again which of them it has. */
  readonly lookAt: number
  readonly workload: Workload | null
}

export type NextPrefetch =
  | { readonly do: 'look' }
  | { readonly do: 'bring'; readonly image: PrefetchedImage }
  | { readonly do: 'wait'; /** Until something changes, if infinite. */ readonly ms: number }

/** What the engine has is looked at first; then comes the newest that is due, but nothing while a cluster wants the node. */
export function nextPrefetch({ entries, lookAt, workload }: PrefetchState, now: number): NextPrefetch {
  if (lookAt <= now) return { do: 'look' }
  if (workload !== null) return { do: 'wait', ms: lookAt - now }
  const due = entries.find(({ dueAt }) => dueAt <= now)
  if (due !== undefined) return { do: 'bring', image: due.image }
  return { do: 'wait', ms: Math.min(lookAt, ...entries.map(({ dueAt }) => dueAt)) - now }
}

/** A pull of the image that the cluster wants goes on: the cluster's own pull joins it. Any other makes way. */
export function makesWay(running: PrefetchedImage, workload: Workload | null): boolean {
  if (workload === null) return false
  const isSame =
    workload.docker_image === running.docker_image && (workload.digest === null || workload.digest === running.digest)
  return !isSame
}
