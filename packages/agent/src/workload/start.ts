/** One start of a cluster on this node, and its container. */
import { ClusterId } from '@fairlead/contract/names'
import { type Workload } from '@fairlead/contract/wire'
import type { Container } from '@fairlead/credential-path/engine/engine'

/** Which start: a container of another generation is not this one. */
export interface Start {
  readonly clusterId: ClusterId
  readonly generation: number
}

export const startOf = (workload: Workload): Start => ({
  clusterId: workload.cluster_id,
  generation: workload.generation,
})

export function sameStart(a: Start | null, b: Start | null): boolean {
  return a !== null && b !== null && a.clusterId === b.clusterId && a.generation === b.generation
}

/** Docker keeps names unique, so one start cannot have two containers. */
export const containerName = (workload: Workload) =>
  `fairlead-${workload.cluster_id}-${workload.generation}-${workload.role}`

export const labels = {
  cluster: 'dev.fairlead.cluster',
  generation: 'dev.fairlead.generation',
  node: 'dev.fairlead.node',
  role: 'dev.fairlead.role',
  digest: 'dev.fairlead.digest',
  /** Whether Ray inside asks for a token. */
  token: 'dev.fairlead.ray-token',
} as const

/** A container created by this node; `start` is null if its labels cannot be read. */
export interface WorkloadContainer {
  readonly name: string
  readonly start: Start | null
  readonly state: Container['state']
  readonly exitStatus: number | null
  readonly digest: string | null
}

/** Null for a container of another node, which we must not touch. */
export function asWorkloadContainer(container: Container, nodeId: string): WorkloadContainer | null {
  if (container.labels[labels.node] !== nodeId) return null
  return {
    name: container.name,
    start: readStart(container.labels),
    state: container.state,
    exitStatus: container.exitStatus,
    digest: container.labels[labels.digest] ?? null,
  }
}

function readStart(found: Readonly<Record<string, string>>): Start | null {
  const clusterId = ClusterId.safeParse(found[labels.cluster])
  const generation = /^[1-9]\d{0,8}$/.exec(found[labels.generation] ?? '')
  return clusterId.success && generation !== null
    ? { clusterId: clusterId.data, generation: Number(generation[0]) }
    : null
}

/** The container of this start, found by its name, which Docker keeps unique, and by its labels, which say that it was created for this start. */
export function findOwn(containers: readonly WorkloadContainer[], want: Workload): WorkloadContainer | null {
  const name = containerName(want)
  return containers.find((one) => one.name === name && sameStart(one.start, startOf(want))) ?? null
}
