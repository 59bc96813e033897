/** How far idle nodes are with the image of a build. */
import type { Build } from '@fairlead/contract/wire'

/** Null if none is to bring it. */
export function prefetchedText(build: Pick<Build, 'prefetch' | 'prefetch_progress' | 'status'>): string | null {
  if (!build.prefetch) return null
  const progress = build.prefetch_progress
  if (progress === undefined) {
    return build.status === 'succeeded' ? 'no longer: newer builds took its place' : 'by idle nodes, once it is checked'
  }
  const { idle_nodes: idle, ready_nodes: ready, failed_nodes: failed } = progress
  if (idle === 0) return 'by each node once it is idle; none is now'
  return `by ${ready} of ${idle === 1 ? '1 idle node' : `${idle} idle nodes`}${failed === 0 ? '' : `; ${failed} could not`}`
}
