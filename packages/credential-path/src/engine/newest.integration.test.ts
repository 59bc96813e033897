/** The newest Docker Engine on a containerd of its own, as Docker’s packages install the two: containerd pulls for it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createNetwork,
  enginePrograms,
  makeImage,
  sha256,
  pushImage,
  startContainerd,
  type ContainerdOptions,
  type LocalOciImage,
  type TestNetwork,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDockerWorld, withPulledImage, type DockerWorld } from '../testing/docker-world.ts'
import { DockerEngine } from './docker.ts'
import { describeEngineContainers, describeEngineImages } from './engine.conformance.ts'

const never = new AbortController().signal

let network: TestNetwork
beforeAll(async () => {
  network = await createNetwork()
})
afterAll(() => network[Symbol.asyncDispose]())

async function openDocker(name: string, containerd: Partial<ContainerdOptions> = { maxConcurrentUnpacks: 4 }) {
  const binDir = await enginePrograms()
  const layers = [{ randomBytes: 20_000 }, { randomBytes: 30_000 }]
  return openDockerWorld(network, name, {
    image: await makeImage({ layers, files: { 'a.txt': 'a' } }),
    async engineOn(machine) {
      const { socket } = await startContainerd(machine, { binDir, ...containerd })
      return { binDir, args: ['--containerd', socket] }
    },
  })
}

/** The programs that fetched blobs of a repository. */
async function blobReaders({ registry }: DockerWorld, repository: string): Promise<ReadonlySet<string | undefined>> {
  const log = await readFile(registry.logFile, 'utf8')
  const fetched = log.matchAll(new RegExp(`"GET /v2/${repository}/blobs/.* "(\\w+)/[^"]*"$`, 'gm'))
  return new Set([...fetched].map(([, program]) => program))
}

describeEngineImages('Docker on its own containerd', () => openDocker('images'))

describeEngineContainers('Docker on its own containerd', async () => withPulledImage(await openDocker('containers')))

interface ManifestOf {
  readonly config: object
  readonly layers: readonly object[]
}

/** One image's config over another one's layers. */
function withLayersOf(image: LocalOciImage, other: LocalOciImage): LocalOciImage {
  const [own, borrowed] = [image, other].map(({ manifest }) => JSON.parse(manifest.toString()) as ManifestOf)
  const manifest = Buffer.from(JSON.stringify({ ...own, layers: borrowed?.layers }))
  return { ...image, manifest, digest: sha256(manifest), blobs: [...image.blobs, ...other.blobs] }
}

test('containerd pulls for Docker, with its layers unpacked', async () => {
  await using docker = await openDocker('puller')
  await docker.engine.pull(docker.reference, never)
  expect(await blobReaders(docker, 'team/app')).toEqual(new Set(['containerd']))
  const snapshots = await docker.machine.mustExec(join(await enginePrograms(), 'ctr'), [
    '-n',
    'moby',
    'snapshots',
    'ls',
  ])
  expect(snapshots.match(/Committed/g)).toHaveLength(4)
})

test('S16: a layer that is not the one its config names is IMAGE_CORRUPT', async () => {
  await using docker = await openDocker('corrupt')
  const right = await makeImage({ files: { 'a.txt': 'a' } })
  const other = await makeImage({ files: { 'a.txt': 'another' } })
  const { digest } = await pushImage(docker.registry, 'team/wrong', '1', withLayersOf(right, other), null)
  const pulled = docker.engine.pull(`${docker.registry.host}/team/wrong@${digest}`, never)
  await expect(pulled).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' })
})

test('the disk that images fill is that of containerd', async () => {
  await using docker = await openDocker('disk')
  const root = await docker.engine.dataRoot(never)
  expect(root).toBe(join(docker.machine.dir, 'containerd/root/io.containerd.snapshotter.v1.overlayfs'))
})

test('Docker pulls itself where its containerd cannot be reached', async () => {
  await using docker = await openDocker('silent')
  await using engine = new DockerEngine({
    socketPath: docker.socket,
    containerdSocket: () => '/nowhere/containerd.sock',
  })
  await engine.pull(docker.reference, never)
  expect(await blobReaders(docker, 'team/app')).toEqual(new Set(['docker']))
})

test('Docker pulls itself where its containerd asks every registry over TLS, as containerd 1.7 does', async () => {
  await using docker = await openDocker('older', { program: 'containerd-1' })
  await docker.engine.pull(docker.reference, never)
  expect(await blobReaders(docker, 'team/app')).toEqual(new Set(['docker']))
})
