/** The body of Docker's `containers/create`. It requests only what the spec names (S14): no privileged mode, no devices, no host pid or ipc. */
import type { ContainerSpec } from './engine.ts'

/**
 * A workload never gets raw sockets, network settings, or, on the host's network, a port below 1024: its root would be taken for the machine's by
 * whoever asks the kernel who serves there (ADR 39).
 */
const droppedCapabilities = ['NET_RAW', 'NET_ADMIN', 'NET_BIND_SERVICE']

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
      // The agent decides when a container restarts; Docker must not do so on its own.
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
