import { createNetwork, makeImage, type TestNetwork } from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDockerWorld, withPulledImage } from '../testing/docker-world.ts'
import { DockerEngine } from './docker.ts'
import { describeEngineContainers, describeEngineImages } from './engine.conformance.ts'

const never = new AbortController().signal

let network: TestNetwork
beforeAll(async () => {
  network = await createNetwork()
})
afterAll(() => network[Symbol.asyncDispose]())

const openDocker = async (name: string) =>
  openDockerWorld(network, name, { image: await makeImage({ files: { 'a.txt': 'a' } }) })

describeEngineImages('Docker', () => openDocker('images'))

describeEngineContainers('Docker', async () => withPulledImage(await openDocker('containers')))

test('reports an absent engine as ENGINE_UNREACHABLE', async () => {
  await using engine = new DockerEngine({ socketPath: '/nowhere/docker.sock' })
  await expect(engine.version(never)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
  await expect(engine.pull('127.0.0.1:1/x@sha256:0', never)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
})
