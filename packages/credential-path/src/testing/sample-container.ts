/** A container as tests want it: on the host network, with nothing from the machine, and with the test's settings. */
import type { ContainerSpec } from '../engine/engine.ts'

export function sampleContainer(asked: Partial<ContainerSpec> & Pick<ContainerSpec, 'name'>): ContainerSpec {
  return {
    imageId: 'an image',
    command: [],
    env: {},
    labels: {},
    network: 'host',
    gpus: null,
    shmBytes: null,
    ulimits: [],
    mounts: [],
    cgroupParent: null,
    ...asked,
  }
}
