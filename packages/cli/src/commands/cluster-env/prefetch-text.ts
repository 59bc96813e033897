/** How far idle nodes are with the image of a build. */
import type { Build } from '@fairlead/contract/wire'
import { prefetchState, type PrefetchState } from '@fairlead/sdk'

interface View {
  readonly build: Build
  readonly cloudName: string
}

const lookAtPrefetches = 'fairlead pulls list --purpose prefetch'

/** A row of the details; null if the image is not to be prefetched. */
export function prefetchedText(build: Build): string | null {
  if (!build.prefetch) return null
  if (build.prefetch_progress === undefined) {
    return build.status === 'succeeded' ? 'no longer: newer builds took its place' : 'once it is checked'
  }
  return `by ${haveIt(build)}${couldNot(build)}`
}

/** While idle nodes bring it. */
export function bringingText(build: Build): string {
  return `bringing the image: ${haveIt(build)}${couldNot(build)}`
}

/** What there is to say once the check has ended, or the wait for the nodes. */
export function prefetchSentence({ build, cloudName }: View): string {
  const sentences: Record<PrefetchState, string> = {
    bringing: `Idle nodes bring the image: ${haveIt(build)} so far.`,
    done: `All idle nodes have the image: ${build.prefetch_progress?.ready_nodes}.`,
    failed: `Idle nodes have the image: ${haveIt(build)}${couldNot(build)}.`,
    'no-idle-node': `No node of cloud ${cloudName} is idle; each brings the image once it is.`,
    'not-asked': 'Idle nodes no longer bring the image: newer builds took its place.',
  }
  return sentences[prefetchState(build)]
}

function haveIt({ prefetch_progress: progress }: Build): string {
  const { idle_nodes: idle, ready_nodes: ready } = progress ?? { idle_nodes: 0, ready_nodes: 0 }
  return `${ready} of ${idle === 1 ? '1 idle node' : `${idle} idle nodes`}`
}

function couldNot({ prefetch_progress: progress }: Build): string {
  const failed = progress?.failed_nodes ?? 0
  return failed === 0 ? '' : `; ${failed} could not (${lookAtPrefetches})`
}
