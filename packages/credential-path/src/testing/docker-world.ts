/** A Docker Engine on a machine of its own, and a registry that it may pull from, for the conformance of engines. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  pushImage,
  startRegistry,
  type EngineOptions,
  type LocalOciImage,
  type Machine,
  type TestNetwork,
} from '@fairlead/testkit'
import { DockerEngine } from '../engine/docker.ts'

const never = new AbortController().signal

export interface DockerWorldOptions {
  /** In the registry, as `team/app:1`. */
  readonly image: LocalOciImage
  /** How the engine is started; as usual when absent. */
  readonly engineOn?: (machine: Machine) => Promise<EngineOptions>
}

export type DockerWorld = Awaited<ReturnType<typeof openDockerWorld>>

export async function openDockerWorld(
  network: TestNetwork,
  name: string,
  { image, engineOn = async () => ({}) }: DockerWorldOptions,
) {
  const registry = await startRegistry({ host: network.hostAddress, auth: { kind: 'none' } })
  const { digest } = await pushImage(registry, 'team/app', '1', image, null)
  const machine = await network.machine(name)
  const config = { 'insecure-registries': [registry.host] }
  const daemon = await machine.startEngine({ ...(await engineOn(machine)), config })
  const engine = new DockerEngine({ socketPath: daemon.socket, containerdSocket: daemon.onHost })
  return {
    engine,
    machine,
    registry,
    socket: daemon.socket,
    reference: `${registry.host}/team/app@${digest}`,
    missing: `${registry.host}/team/app@sha256:${'0'.repeat(64)}`,
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]()
      await machine.stop()
      await registry.stop()
    },
  }
}

/** With its image pulled, and a folder to mount. */
export async function withPulledImage(world: DockerWorld) {
  const { engine, machine, reference } = world
  await engine.pull(reference, never)
  const image = await engine.image(reference, never)
  const folder = join(machine.dir, 'mounted')
  await mkdir(folder)
  return { ...world, imageId: image?.id ?? '', imageName: reference, folder }
}
