import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createNetwork, makeImage, pushImage, startRegistry, type TestNetwork } from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DockerEngine } from './docker.ts'
import { describeEngineContainers, describeEngineImages } from './engine.conformance.ts'

const never = new AbortController().signal

let network: TestNetwork
beforeAll(async () => {
  network = await createNetwork()
})
afterAll(() => network[Symbol.asyncDispose]())

/** An engine on a separate machine, and a registry it may pull from. */
async function openDocker(name: string) {
  const registry = await startRegistry({ host: network.hostAddress, auth: { kind: 'none' } })
  const { digest } = await pushImage(registry, 'team/app', '1', await makeImage({ files: { 'a.txt': 'a' } }), null)
  const machine = await network.machine(name)
  const daemon = await machine.startEngine({ config: { 'insecure-registries': [registry.host] } })
  const engine = new DockerEngine({ socketPath: daemon.socket })
  return {
    engine,
    machine,
    reference: `${registry.host}/team/app@${digest}`,
    missing: `${registry.host}/team/app@sha256:${'0'.repeat(64)}`,
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]()
      await machine.stop()
      await registry.stop()
    },
  }
}

describeEngineImages('Docker', () => openDocker('images'))

describeEngineContainers('Docker', async () => {
  const docker = await openDocker('containers')
  await docker.engine.pull(docker.reference, never)
  const image = await docker.engine.image(docker.reference, never)
  const folder = join(docker.machine.dir, 'mounted')
  await mkdir(folder)
  return { ...docker, imageId: image?.id ?? '', imageName: docker.reference, folder }
})

test('reports an absent engine as ENGINE_UNREACHABLE', async () => {
  await using engine = new DockerEngine({ socketPath: '/nowhere/docker.sock' })
  await expect(engine.version(never)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
  await expect(engine.pull('127.0.0.1:1/x@sha256:0', never)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
})
