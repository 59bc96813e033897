/** The container of a workload: what the control plane may choose, within what the node's own file allows (S7, S14). Pure. */
import type { Workload } from '@fairlead/contract/wire'
import type { ContainerSpec } from '@fairlead/credential-path/engine/engine'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import type { ProvedImage } from './node-state.ts'
import { rayCommand, workloadEnv } from './ray.ts'
import { containerName, labels } from './start.ts'

export interface NodePlace {
  readonly nodeId: string
  readonly cloudId: string
  readonly advertiseAddress: string
}

/**
 * Where the runtime of a maker of accelerators is the engine's default, a variable of the image or of the order is enough for it to give out all
 * of them, and Habana's does so without one. With these values each does nothing: to Habana's, `void` means all, and Ascend's takes it for a
 * number. Where the file gives GPUs, the engine adds NVIDIA's variable itself, behind all others.
 */
const noAccelerators = {
  NVIDIA_VISIBLE_DEVICES: 'void',
  HABANA_VISIBLE_DEVICES: 'none',
  ASCEND_VISIBLE_DEVICES: '',
  AMD_VISIBLE_DEVICES: '',
  // What Docker's swarm calls the same; AMD's runtime obeys it too.
  DOCKER_RESOURCE_GPU: '',
  // Of Moore Threads' container toolkit (`docker run --runtime mthreads -e MTHREADS_VISIBLE_DEVICES=all`), whose source is not public: read as NVIDIA's.
  MTHREADS_VISIBLE_DEVICES: 'void',
}

export function containerSpec(
  workload: Workload,
  image: ProvedImage,
  node: NodePlace,
  allowed: NodePolicy['containers'],
  cgroupParent: string | null,
): ContainerSpec {
  return {
    name: containerName(workload),
    imageId: image.id,
    command: rayCommand(workload, node.advertiseAddress),
    env: { ...workloadEnv(workload, node), ...(allowed.gpus === null && noAccelerators) },
    labels: {
      [labels.cluster]: workload.cluster_id,
      [labels.generation]: String(workload.generation),
      [labels.node]: node.nodeId,
      [labels.role]: workload.role,
      [labels.digest]: image.digest,
      [labels.token]: workload.ray_token === undefined ? 'none' : 'asked',
    },
    network: allowed.network,
    gpus: allowed.gpus,
    shmBytes: allowed.shm_size === null ? null : sizeInBytes(allowed.shm_size),
    ulimits: Object.entries(allowed.ulimits).map(([name, limit]) =>
      typeof limit === 'number' ? { name, soft: limit, hard: limit } : { name, soft: limit.soft, hard: limit.hard },
    ),
    mounts: allowed.mounts.map(({ source, target, read_only }) => ({ source, target, readOnly: read_only })),
    cgroupParent,
  }
}

const factors = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const

/** Bytes, or a number with k, m or g, as Docker reads it; the policy's schema has judged the text. */
export function sizeInBytes(size: number | string): number {
  if (typeof size === 'number') return size
  const unit = size.at(-1)?.toLowerCase()
  return unit === 'k' || unit === 'm' || unit === 'g' ? Number(size.slice(0, -1)) * factors[unit] : Number(size)
}
