/** The taint with which a new node may start, so that no pod comes before its doors are open: the agent removes it, and changes nothing else. */
import { z } from 'zod'
import { pause } from '../channel/pause.ts'
import type { ClusterAnswer, ClusterApi, JsonPatch } from './cluster-api.ts'

export const notReadyTaint = 'fairlead.dev/agent-not-ready'

const Node = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  spec: z.looseObject({ taints: z.array(z.looseObject({ key: z.string() })).optional() }),
})

/** Null if the node does not have the taint. The version keeps taints that others set at the same moment. Throws if it is not a node. */
export function withoutTaint(node: unknown): JsonPatch | null {
  const { metadata, spec } = Node.parse(node)
  const { taints = [] } = spec
  const others = taints.filter(({ key }) => key !== notReadyTaint)
  if (others.length === taints.length) return null
  return [
    { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
    { op: 'replace', path: '/spec/taints', value: others },
  ]
}

export interface Untainting {
  readonly api: ClusterApi
  readonly node: string
  /** Resolves when every door is open. */
  readonly ready: (signal: AbortSignal) => Promise<void>
  readonly log: {
    info(fields: object, text: string): void
    warn(fields: object, text: string): void
  }
  readonly againMs?: number
}

/** Once: a node gets the taint when it is made. Tries until the API agrees, or the signal aborts. */
export async function removeTaintWhenReady(untainting: Untainting, signal: AbortSignal): Promise<void> {
  const { node, log, againMs = 5000 } = untainting
  let told: number | null = null
  while (!signal.aborted) {
    try {
      await untainting.ready(signal)
      const { status } = await removeTaint(untainting, signal)
      if (status === 200) return log.info({ node }, 'the node is open for pods')
      if (told !== status) log.warn({ node, status }, 'the taint of the node could not be removed')
      told = status
    } catch {
      // No answer.
    }
    await pause(againMs, signal)
  }
}

async function removeTaint({ api, node }: Untainting, signal: AbortSignal): Promise<Pick<ClusterAnswer, 'status'>> {
  const path = `/api/v1/nodes/${encodeURIComponent(node)}`
  const found = await api.get(path, signal)
  const changes = found.status === 200 ? withoutTaint(found.body) : null
  return changes === null ? found : api.patch(path, changes, signal)
}
