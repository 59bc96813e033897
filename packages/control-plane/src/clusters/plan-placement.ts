/** Decides which free nodes form a cluster: a head and its workers, or how many nodes are missing. */
import type { NodeId } from '@fairlead/contract/names'
import type { RayRole } from '@fairlead/contract/wire'

export interface PlaceableNode {
  readonly id: NodeId
  readonly checker: boolean
  readonly online: boolean
  /** The last report said that it has an engine. */
  readonly hasEngine: boolean
  readonly memoryBytes: number
  readonly busy: boolean
}

export type Placement =
  | { readonly fits: true; readonly members: readonly { nodeId: NodeId; role: RayRole }[] }
  | { readonly fits: false; readonly needed: number; readonly free: number }

/** The head goes to the free node with the most memory, since it runs Ray's own services; ties go by age. */
export function planPlacement(workerCount: number, nodes: readonly PlaceableNode[]): Placement {
  const needed = workerCount + 1
  const free = nodes
    .filter((node) => !node.checker && node.online && node.hasEngine && !node.busy)
    .sort((a, b) => b.memoryBytes - a.memoryBytes || (a.id < b.id ? -1 : 1))
  if (free.length < needed) return { fits: false, needed, free: free.length }
  const members = free
    .slice(0, needed)
    .map((node, index) => ({ nodeId: node.id, role: index === 0 ? ('head' as const) : ('worker' as const) }))
  return { fits: true, members }
}
