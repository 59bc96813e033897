/** Decides which free nodes form a cluster: a head and its workers, or how many nodes are missing. */
import type { NodeId } from '@fairlead/contract/names'
import type { RayRole } from '@fairlead/contract/wire'

/** Online, with an engine, and held by no cluster. */
export interface PlaceableNode {
  readonly id: NodeId
  readonly memory_bytes: number
}

export type Placement =
  | { readonly fits: true; readonly members: readonly { nodeId: NodeId; role: RayRole }[] }
  | { readonly fits: false; readonly needed: number; readonly free: number }

/** The head goes to the free node with the most memory, since it runs Ray's own services; ties go by age. */
export function planPlacement(workerCount: number, free: readonly PlaceableNode[]): Placement {
  const needed = workerCount + 1
  if (free.length < needed) return { fits: false, needed, free: free.length }
  const members = free
    .toSorted((a, b) => b.memory_bytes - a.memory_bytes || (a.id < b.id ? -1 : 1))
    .slice(0, needed)
    .map((node, index) => ({ nodeId: node.id, role: index === 0 ? ('head' as const) : ('worker' as const) }))
  return { fits: true, members }
}
