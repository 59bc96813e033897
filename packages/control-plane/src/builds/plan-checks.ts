/** Decides which node checks which build: one node at a time for 60 s, then another. */
import type { BuildId, NodeId } from '@fairlead/contract/names'

export const leaseMs = 60_000
/** The most that a desired state may hold. */
export const checksPerNode = 16

export interface CheckableBuild {
  readonly id: BuildId
  readonly leaseNodeId: NodeId | null
  readonly leaseExpiresAt: number | null
}

export interface CheckingNode {
  readonly id: NodeId
  readonly checker: boolean
}

export interface Lease {
  readonly buildId: BuildId
  readonly nodeId: NodeId
}

export function isLeased(build: CheckableBuild, now: number): boolean {
  return build.leaseNodeId !== null && build.leaseExpiresAt !== null && build.leaseExpiresAt > now
}

/** `nodes` are the online ones. Checkers come before nodes that run clusters, idle before busy, any other node before the last holder. */
export function planLeases(builds: readonly CheckableBuild[], nodes: readonly CheckingNode[], now: number): Lease[] {
  const online = new Set(nodes.map((node) => node.id))
  const held = (build: CheckableBuild) =>
    isLeased(build, now) && build.leaseNodeId !== null && online.has(build.leaseNodeId)
  const load = new Map<NodeId, number>(nodes.map((node) => [node.id, 0]))
  const add = (id: NodeId) => load.set(id, (load.get(id) ?? 0) + 1)
  for (const build of builds) if (held(build) && build.leaseNodeId !== null) add(build.leaseNodeId)

  const leases: Lease[] = []
  for (const build of builds) {
    if (held(build)) continue
    const best = firstBy(
      nodes.filter((node) => (load.get(node.id) ?? 0) < checksPerNode),
      (a, b) =>
        Number(a.id === build.leaseNodeId) - Number(b.id === build.leaseNodeId) ||
        Number(b.checker) - Number(a.checker) ||
        (load.get(a.id) ?? 0) - (load.get(b.id) ?? 0) ||
        (a.id < b.id ? -1 : 1),
    )
    if (best === undefined) continue
    add(best.id)
    leases.push({ buildId: build.id, nodeId: best.id })
  }
  return leases
}

/** The item that sorting would put first, without sorting: there may be a thousand builds and ten thousand nodes. */
function firstBy<Item>(items: readonly Item[], compare: (a: Item, b: Item) => number): Item | undefined {
  let best: Item | undefined
  for (const item of items) if (best === undefined || compare(item, best) < 0) best = item
  return best
}
