/** Asks the API server for the pods of this Kubernetes node, so that records and reports can name them. */
import type { WaitingPod } from '@fairlead/contract/wire'
import type { PodsFor } from '@fairlead/credential-path/record/pods-for'
import type { ClusterApi } from './cluster-api.ts'
import { Pod, PodList, podsOfPull, waitingPods } from './pods.ts'

export interface NodePodsParts {
  /** Throws whatever keeps it from an answer. */
  readonly list: (signal: AbortSignal) => Promise<readonly Pod[]>
  /** The keys of the registries that have a door. */
  readonly registries: () => ReadonlySet<string>
  /** Once, when the list fails after it worked. */
  readonly onFailure: (error: unknown) => void
}

const answersWithinMs = 5_000

export class NodePods {
  readonly #parts: NodePodsParts
  #isFailing = false

  constructor(parts: NodePodsParts) {
    this.#parts = parts
  }

  readonly podsFor: PodsFor = async (pulled) => {
    const pods = await this.#list(null)
    return pods && podsOfPull(pods, pulled)
  }

  /** Undefined while it is not known. */
  async waiting(signal: AbortSignal): Promise<WaitingPod[] | undefined> {
    const registries = this.#parts.registries()
    // Without doors there is nothing to wait for.
    if (registries.size === 0) return undefined
    const pods = await this.#list(signal)
    return pods === null ? undefined : waitingPods(pods, registries)
  }

  async #list(signal: AbortSignal | null): Promise<readonly Pod[] | null> {
    const deadline = AbortSignal.timeout(answersWithinMs)
    try {
      const pods = await this.#parts.list(signal === null ? deadline : AbortSignal.any([signal, deadline]))
      this.#isFailing = false
      return pods
    } catch (error) {
      if (!this.#isFailing && signal?.aborted !== true) this.#parts.onFailure(error)
      this.#isFailing = true
      return null
    }
  }
}

/** Asks the API server, which must allow this agent to list pods. Throws a RangeError with the status of another answer. */
export async function listPodsOf(
  api: Pick<ClusterApi, 'get'>,
  node: string,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const query = new URLSearchParams({ fieldSelector: `spec.nodeName=${node}` })
  const { status, body } = await api.get(`/api/v1/pods?${query.toString()}`, signal)
  if (status !== 200) throw new RangeError(`the API server answers ${status} to the question for pods`)
  return PodList.parse(body).items.flatMap((pod) => Pod.safeParse(pod).data ?? [])
}
