/** A container as tests want one: on the host's network, with nothing of the machine, and with what the test says. */
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
