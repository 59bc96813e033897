/** The body of Docker's `containers/create`. Nothing that the spec does not name can be asked for (S14): no privileged mode, no devices, no host pid or ipc. */
import type { ContainerSpec } from './engine.ts'

/** Raw sockets and network settings are never a workload's. */
const droppedCapabilities = ['NET_RAW', 'NET_ADMIN']

export function containerRequest(spec: ContainerSpec) {
  return {
    Image: spec.imageId,
    Cmd: [...spec.command],
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: { ...spec.labels },
    AttachStdin: false,
    OpenStdin: false,
    Tty: false,
    HostConfig: {
      NetworkMode: spec.network,
      Privileged: false,
      CapDrop: droppedCapabilities,
      // The agent decides when a container starts again; Docker must not do it behind its back.
      RestartPolicy: { Name: 'no' },
      AutoRemove: false,
      DeviceRequests: spec.gpus === null ? [] : [gpuRequest(spec.gpus)],
      Ulimits: spec.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
      Mounts: spec.mounts.map(({ source, target, readOnly }) => ({
        Type: 'bind',
        Source: source,
        Target: target,
        ReadOnly: readOnly,
      })),
      ...(spec.shmBytes !== null && { ShmSize: spec.shmBytes }),
      ...(spec.cgroupParent !== null && { CgroupParent: spec.cgroupParent }),
    },
  }
}

function gpuRequest(gpus: 'all' | number | readonly string[]) {
  const wanted = Array.isArray(gpus) ? { DeviceIDs: [...gpus] } : { Count: gpus === 'all' ? -1 : gpus }
  return { Driver: '', ...wanted, Capabilities: [['gpu']], Options: {} }
}
