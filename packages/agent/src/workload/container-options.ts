/** A workload's container: the control plane's choices, within the limits of the node's own file (S7, S14). Pure. */
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
 * If an accelerator vendor's runtime is the engine's default, a variable in the image or the order is enough to make it give out all accelerators;
 * Habana's does so without one. With these values each runtime does nothing: for Habana's, `void` means all, and Ascend's reads it as a number.
 */
const noAccelerators = {
  HABANA_VISIBLE_DEVICES: 'none',
  ASCEND_VISIBLE_DEVICES: '',
  // Moore Threads' closed-source toolkit (`docker run --runtime mthreads -e MTHREADS_VISIBLE_DEVICES=all`): assumed to read it as NVIDIA's does.
  MTHREADS_VISIBLE_DEVICES: 'void',
}

/** The same for the makers whose GPUs the engine gives out: if the file gives some, it adds their variable itself, after all others. */
const noGpus = {
  NVIDIA_VISIBLE_DEVICES: 'void',
  AMD_VISIBLE_DEVICES: '',
  // Docker's swarm uses this name too; AMD's runtime also obeys it.
  DOCKER_RESOURCE_GPU: '',
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
    env: { ...workloadEnv(workload, node), ...noAccelerators, ...(allowed.gpus === null && noGpus) },
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

/** Bytes, or a number with k, m or g, as Docker reads it; the policy's schema has validated the text. */
export function sizeInBytes(size: number | string): number {
  if (typeof size === 'number') return size
  const unit = size.at(-1)?.toLowerCase()
  return unit === 'k' || unit === 'm' || unit === 'g' ? Number(size.slice(0, -1)) * factors[unit] : Number(size)
}
