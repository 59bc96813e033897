/** The credential path with real parts: a private registry over TLS, Docker on a separate machine, the agent's code in a process there. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, connect, type Server } from 'node:net'
import { join } from 'node:path'
import type { PullRecord, StepReport } from '@fairlead/contract/wire'
import {
  createCa,
  createNetwork,
  makeImage,
  pushImage,
  scanFiles,
  secretForms,
  startRegistry,
  startService,
  type LocalOciImage,
  type Machine,
  type Registry,
  type TestCa,
  type TestEngine,
  type TestNetwork,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAnsweringProcess, type AnsweringProcess } from '../testing/answering-process.ts'
import { keepSecret, writeOwnerFiles, writePolicy } from '../testing/owner-files.ts'
import { startRegistryFront, type RegistryFront } from '../testing/registry-front.ts'

const username = 'robot'
const password = 'canary-hK3q9vXz2mWb'
const login = { username, password }
const mib = 1024 * 1024
const parts = new AsyncDisposableStack()
let machine: Machine
let engine: TestEngine
let registry: Registry
let front: RegistryFront
let caFile: string
/** What the agent's code sent to Docker, byte for byte. */
let saidToDocker: Buffer[]
let dockerSocket: string
let network: TestNetwork
let tls: TestCa
let pulls: AnsweringProcess

beforeAll(async () => {
  network = parts.use(await createNetwork())
  tls = await createCa()
  caFile = tls.caFile
  const users = { [username]: password }
  registry = parts.use(await startRegistry({ host: network.hostAddress, tls, auth: { kind: 'htpasswd', users } }))
  const { certFile, keyFile } = await tls.issue([network.hostAddress])
  front = parts.use(
    await startRegistryFront({
      address: network.hostAddress,
      cert: await readFile(certFile, 'utf8'),
      key: await readFile(keyFile, 'utf8'),
      registryPort: registry.port,
      ca: tls.caPem,
    }),
  )
  machine = await network.machine('puller')
  engine = await machine.startEngine({ config: { 'max-concurrent-downloads': 3 } })
  dockerSocket = join(machine.dir, 'recorded.sock')
  saidToDocker = []
  const recorder = await recordSocket(dockerSocket, engine.socket, saidToDocker)
  parts.defer(() => void recorder.close())
  pulls = await startPulls(machine)
})
afterAll(() => parts.disposeAsync())

/** All requests to Docker go through here. */
async function recordSocket(path: string, target: string, said: Buffer[]): Promise<Server> {
  const server = createServer((client) => {
    const docker = connect(target)
    client.on('data', (bytes: Buffer) => said.push(bytes))
    client.pipe(docker).pipe(client)
    client.on('error', () => docker.destroy())
    docker.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return server
}

const program = `
const { pullOnce } = await import(process.env.PULL_ONCE)
let pulling
async function answer({ stop, ...options }) {
  if (stop) {
    pulling.abort()
    return null
  }
  pulling = new AbortController()
  let steps = []
  try {
    const image = await pullOnce({ ...options, onSteps: (told) => (steps = told) }, pulling.signal)
    return { code: null, image, steps }
  } catch (error) {
    return { code: error.code ?? String(error.stack), facts: error.facts, steps }
  }
}
`

interface Outcome {
  readonly code: string | null
  readonly facts?: Readonly<Record<string, unknown>>
  readonly image?: { imageId: string; digest: string; record: PullRecord }
  readonly steps: readonly StepReport[]
}

const programOn = (on: Pick<Machine, 'dir' | 'spawn'>): Promise<AnsweringProcess> =>
  startAnsweringProcess(on, program, { PULL_ONCE: new URL('../../../agent/src/pull-once.ts', import.meta.url).href })

async function startPulls(on: Machine): Promise<AnsweringProcess> {
  await writeOwnerFiles(on, { caPem: tls.caPem, trusted: [front.host] })
  await keepSecret(on, 'login', { ...login, server: front.host })
  return programOn(on)
}

function pull(name: string, options: object = {}, by = pulls): Promise<Outcome> {
  return by.ask<Outcome>({
    image: `${front.host}/${name}`,
    secret: 'login',
    provider: 'local',
    policyFile: '/etc/fairlead/policy.yaml',
    secretsDir: '/etc/fairlead/secrets',
    dockerSocket,
    stateDir: '/var/lib/fairlead/once',
    ...options,
  })
}

const push = async (name: string, image: LocalOciImage): Promise<LocalOciImage> => {
  await pushImage(registry, name, '1', image, login)
  return image
}
const docker = (...args: string[]): Promise<string> => machine.mustExec('docker', args)
const blobFile = (digest: string): string => {
  const hex = digest.slice('sha256:'.length)
  return join(registry.dir, 'images/docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data')
}
const layerOf = (image: LocalOciImage, index: number) => image.blobs[index + 1]!

describe('a private image', () => {
  test('is pulled, runs, and has only the name that the user gave', async () => {
    const image = await push(
      'team/app',
      await makeImage({ files: { 'hello.txt': 'hello' }, layers: [{ randomBytes: 3_000_000 }] }),
    )
    const outcome = await pull('team/app:1')
    expect(outcome).toMatchObject({ code: null, image: { digest: image.digest } })
    expect(outcome.steps.map(({ step, status }) => `${step} ${status}`)).toEqual(
      ['secret', 'match', 'challenge', 'login', 'resolve', 'pull'].map((step) => `${step} done`),
    )
    expect(await docker('run', '--rm', '--network', 'host', `${front.host}/team/app:1`, 'cat', 'hello.txt')).toBe(
      'hello',
    )
    const names = (await docker('images', '--digests', '--format', '{{.Repository}}:{{.Tag}}')).trim().split('\n')
    expect(names).toEqual([`${front.host}/team/app:1`])
  })

  test('downloads nothing the second time, but still asks the registry', async () => {
    front.requests.length = 0
    const { image } = await pull('team/app:1')
    expect(image?.record).toMatchObject({ bytes: 0, decision: 'authenticated', sequence: 2 })
    // The config is read for its platform; no layer is read.
    expect(front.requests.filter(({ path }) => path.includes('/blobs/'))).toHaveLength(1)
    expect(front.requests.some(({ path }) => path.includes('/manifests/'))).toBe(true)
  })

  test('leaves no credential in Docker: neither in requests to it nor in any file of the machine', async () => {
    const said = Buffer.concat(saidToDocker).toString('latin1')
    expect(said).toMatch(/POST \/v1\.\d+\/images\/create/)
    expect(said.toLowerCase()).not.toMatch(/x-registry-auth|authorization/)
    const forms = secretForms(password)
    for (const folder of [join(machine.dir, 'docker'), machine.stateDir, machine.homeDir]) {
      expect((await scanFiles(folder, forms)).findings).toEqual([])
    }
    // The control: it is found where it should be.
    expect((await scanFiles(machine.etcDir, forms)).findings.length).toBeGreaterThan(0)
  })

  test('is refused to a caller with another password, even if it is already present', async () => {
    await keepSecret(machine, 'wrong', { username, password: 'not-this-one-at-all', server: front.host })
    expect(await pull('team/app:1', { secret: 'wrong' })).toMatchObject({ code: 'REGISTRY_LOGIN_REJECTED' })
  })

  test('is refused to a caller that names no secret', async () => {
    expect(await pull('team/app:1', { secret: null })).toMatchObject({ code: 'REGISTRY_AUTH_MISSING' })
  })

  test('whose config is shared by another image is fetched and verified there (S16)', async () => {
    const image = await makeImage({ files: { 'hello.txt': 'shared' }, layers: [{ randomBytes: 50_000 }] })
    await push('team/first', image)
    await push('other/second', image)
    const first = await pull('team/first:1')
    const second = await pull('other/second:1')
    expect(second.image?.imageId).toBe(first.image?.imageId)
    // Docker has every layer; the agent fetches them all to check that this repository has them, too.
    expect(second.image?.record.bytes).toBe(second.image?.record.total_bytes)
    expect((await pull('other/second:1')).image?.record.bytes).toBe(0)
  })

  test('with zstd layers is rejected before the pull if Docker cannot unpack them, and pulled if it can', async () => {
    await push('team/zstd', await makeImage({ files: { 'hello.txt': 'hello' }, compression: 'zstd' }))
    const version = await docker('version', '--format', '{{.Server.Version}}')
    // A build from source has no number.
    const canUnpack = !(Number.parseInt(version) < 23)
    const before = saidToDocker.length
    const outcome = await pull('team/zstd:1')
    const asked = Buffer.concat(saidToDocker.slice(before)).toString('latin1')
    expect(outcome.code).toBe(canUnpack ? null : 'ENGINE_CANNOT_UNPACK')
    expect(asked.includes('/images/create')).toBe(canUnpack)
  })
})

describe('a faulty registry', () => {
  test('that cuts layers midway delays a pull without Docker noticing', async () => {
    const image = await push('team/cut', await makeImage({ layers: [{ randomBytes: 5_000_000 }] }))
    front.requests.length = 0
    front.cut(3, 900_000)
    const outcome = await pull('team/cut:1')
    expect(outcome.code).toBeNull()
    const resumed = front.requests.filter(
      ({ path, range }) => path.endsWith(layerOf(image, 1).digest) && range !== null,
    )
    expect(resumed.length).toBeGreaterThanOrEqual(1)
    expect(await readFile(engine.logFile, 'utf8')).not.toContain('retrying')
  })

  test('that serves other bytes is IMAGE_CORRUPT, and leaves nothing behind', async () => {
    const image = await push('team/corrupt', await makeImage({ layers: [{ randomBytes: 200_000 }] }))
    const file = blobFile(layerOf(image, 1).digest)
    const bytes = await readFile(file)
    bytes[100_000] = (bytes[100_000] ?? 0) ^ 1
    await writeFile(file, bytes)
    const startedAt = performance.now()
    expect(await pull('team/corrupt:1')).toMatchObject({ code: 'IMAGE_CORRUPT', facts: { repository: 'team/corrupt' } })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    expect(await docker('images', '-a', '--format', '{{.Repository}}')).not.toContain('corrupt')
  })

  test('that lacks a layer is IMAGE_INCOMPLETE at once', async () => {
    const image = await push('team/lacks', await makeImage({ layers: [{ randomBytes: 200_000 }] }))
    await rm(blobFile(layerOf(image, 1).digest))
    const startedAt = performance.now()
    expect(await pull('team/lacks:1')).toMatchObject({ code: 'IMAGE_INCOMPLETE' })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})

describe('the node', () => {
  test('reports a disk that is too small, and a reserve that must stay free', async () => {
    // A separate machine: an engine may take a while to free what an image that did not fit had used.
    const small = await network.machine('small')
    const { socket } = await small.startEngine({ disk: { kind: 'tmpfs', bytes: 48 * mib } })
    const puller = await startPulls(small)
    const pullThere = (name: string) => pull(name, { dockerSocket: socket }, puller)
    expect((await pullThere('team/app:1')).code).toBeNull()
    await push('team/huge', await makeImage({ layers: [{ randomBytes: 60_000_000 }] }))
    expect(await pullThere('team/huge:1')).toMatchObject({ code: 'NODE_DISK_FULL' })
    const free = async () => Number(await small.mustExec('stat', ['-f', '-c', '%a', '/var/lib/docker'])) * 4096
    await expect.poll(free, { timeout: 60_000 }).toBeGreaterThan(16 * mib)
    expect((await pullThere('team/app:1')).code).toBeNull()

    await writePolicy(small, { trusted: [front.host], policy: { disk_reserve_bytes: 2 ** 40 } })
    await push('team/reserve', await makeImage({ layers: [{ randomBytes: 1000 }] }))
    expect(await pullThere('team/reserve:1')).toMatchObject({ code: 'NODE_DISK_FULL' })
  })

  test('stops a pull on request, and can resume it later', async () => {
    const image = await push('team/stopped', await makeImage({ layers: [{ randomBytes: 3_000_000 }] }))
    const release = front.hold(1_000_000)
    const stopped = pull('team/stopped:1')
    await expect.poll(() => front.requests.some(({ path }) => path.endsWith(layerOf(image, 1).digest))).toBe(true)
    await pulls.ask({ stop: true })
    expect(await stopped).toMatchObject({ code: 'INTERRUPTED' })
    release()
    expect((await pull('team/stopped:1')).code).toBeNull()
  })

  test('reports an engine that does not see the loopback of the agent', async () => {
    await push('team/far', await makeImage({ layers: [{ randomBytes: 1000 }] }))
    const policyFile = join(machine.dir, 'policy-outside.yaml')
    await writeFile(policyFile, JSON.stringify({ registry_ca: { [front.host]: caFile }, disk_reserve_bytes: 0 }))
    const outside = {
      policyFile,
      secretsDir: join(machine.etcDir, 'secrets'),
      dockerSocket: engine.socket,
      stateDir: join(machine.dir, 'outside'),
    }
    // The agent's process is on this host, the engine on the other machine.
    const host = await programOn({
      dir: machine.dir,
      spawn: (command, args, { env = {} } = {}) =>
        parts.use(startService({ command, args, env, logFile: join(machine.dir, 'outside.log') })),
    })
    expect(await pull('team/far:1', outside, host)).toMatchObject({ code: 'ENGINE_CANNOT_REACH_GATEWAY' })
  })
})
