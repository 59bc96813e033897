/** The images that pods of a Kubernetes node wait for, and why. Pure. */
import { parseImageReference, registryOf } from '@fairlead/contract/names'
import { isProblem, type Facts, type ProblemCode, type ProblemDocument } from '@fairlead/contract/problems'
import type { Node, WaitingPod } from '@fairlead/contract/wire'
import { problemWith } from '../pulls/problem-of-pull.ts'

/** Pods that wait for one image for the same reason. */
export interface ImageWait {
  readonly key: string
  readonly image: string
  /** As the door told it; null if Kubernetes did not pass that on. */
  readonly problem: (ProblemDocument & { readonly code: ProblemCode }) | null
  readonly pods: readonly WaitingPod[]
}

/** The longest first. */
export function imageWaits(pods: readonly WaitingPod[], node: Pick<Node, 'name' | 'facts'>): readonly ImageWait[] {
  const waits = Map.groupBy(pods, ({ image, code }) => `${code} ${image}`)
  return waits
    .entries()
    .toArray()
    .flatMap(([key, waiting]) => {
      const [first] = waiting
      if (first === undefined) return []
      const { image, code } = first
      return { key, image, problem: code && { ...problemWith(code, factsOf(image, node)), code }, pods: waiting }
    })
}

function factsOf(image: string, { name, facts }: Pick<Node, 'name' | 'facts'>): Facts {
  return { ...placeOf(image), node: name, ...(facts !== null && { node_platform: facts.platform }) }
}

/** Nothing of a text that is no name of an image. */
function placeOf(text: string): Facts {
  try {
    const image = parseImageReference(text)
    return { registry: registryOf(image).key, repository: image.path }
  } catch (error) {
    if (!isProblem(error)) throw error
    return {}
  }
}
