/** S16 on a real registry and a real engine: indexes and images crafted to make something other than the admitted image run. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createCa,
  createNetwork,
  makeImage,
  mediaTypes,
  pushImage,
  sha256,
  startRegistry,
  type LocalBlob,
  type LocalOciImage,
  type Machine,
  type Registry,
} from '@fairlead/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keepSecret, writeOwnerFiles } from '../testing/owner-files.ts'
import { startPullProcess, type Outcome, type PullProcess } from '../testing/pull-process.ts'

const login = { username: 'robot', password: 'canary-rT5x8nQd4vHs' }
/** Identifies its owner by everything a config can set, and by a file. */
const says = ['sh', '-c', 'echo "$WHOSE $(id -u) $(pwd) $(cat /whose.txt)"']
const parts = new AsyncDisposableStack()
let machine: Machine
let registry: Registry
let puller: PullProcess
let victims: LocalOciImage
let admitted: LocalOciImage

beforeAll(async () => {
  const network = parts.use(await createNetwork())
  const host = network.hostAddress
  const tls = await createCa()
  const users = { [login.username]: login.password }
  registry = parts.use(await startRegistry({ host, tls, auth: { kind: 'htpasswd', users } }))
  machine = await network.machine('puller')
  await machine.startEngine()
  await writeOwnerFiles(machine, { caPem: tls.caPem, trusted: [registry.host] })
  await keepSecret(machine, 'login', { ...login, server: registry.host })
  // For a user on the machine who pulls by hand.
  const certificates = join(machine.dockerEtcDir, 'certs.d', registry.host)
  await mkdir(certificates, { recursive: true })
  await writeFile(join(certificates, 'ca.crt'), tls.caPem)
  puller = await startPullProcess(machine)

  victims = await imageOf('victim', '1001')
  admitted = await imageOf('admitted', '1002')
  await push('victim/app', victims)
})
afterAll(() => parts.disposeAsync())
/** Another user's private image is on the machine, unpacked. */
beforeEach(async () => {
  expect(await pull('victim/app')).toMatchObject({ code: null })
})

const imageOf = (whose: string, user: string): Promise<LocalOciImage> =>
  makeImage({
    layers: [{ files: { 'whose.txt': whose } }, { randomBytes: 100_000 }],
    config: { Env: ['PATH=/bin', `WHOSE=${whose}`], User: user, WorkingDir: `/tmp/${whose}`, Cmd: says },
  })
const push = (repository: string, image: LocalOciImage) => pushImage(registry, repository, '1', image, login)
const nameOf = (repository: string): string => `${registry.host}/${repository}:1`
const pull = (repository: string): Promise<Outcome> => puller.pull(nameOf(repository), 'login')
const docker = async (...args: string[]): Promise<string> => (await machine.mustExec('docker', args)).trim()
const idOf = (name: string): Promise<string> => docker('image', 'inspect', '--format', '{{.Id}}', name)
/** By its id, as the agent starts it. */
const run = async (repository: string): Promise<string> => docker('run', '--rm', await idOf(nameOf(repository)))

const platform = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch }
const entry = ({ mediaType, digest, manifest }: LocalOciImage, as: object = platform): object => ({
  mediaType,
  digest,
  size: manifest.length,
  platform: as,
})

/** An index of these entries, whatever they are; the images are pushed with it, so that the registry accepts it. */
function indexOf(images: readonly LocalOciImage[], entries: readonly object[]): LocalOciImage {
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: entries }))
  return { mediaType: mediaTypes.index, digest: sha256(manifest), manifest, blobs: [], images, platform: null }
}

const ours = 'admitted 1002 /tmp/admitted admitted'
const theirs = 'victim 1001 /tmp/victim victim'

test('the control: the output of a container shows whose image it is', async () => {
  await push('ours/plain', admitted)
  expect(await pull('ours/plain')).toMatchObject({ code: null })
  expect([await run('victim/app'), await run('ours/plain')]).toEqual([theirs, ours])
})

describe('S16: an index', () => {
  const indexes: readonly (readonly [string, () => LocalOciImage])[] = [
    [
      'with a second entry for the same platform',
      () => indexOf([admitted, victims], [entry(admitted), entry(victims)]),
    ],
    [
      'with a second entry that says its variant',
      () => indexOf([admitted, victims], [entry(admitted), entry(victims, { ...platform, variant: 'v1' })]),
    ],
    [
      'with a nested index',
      () => {
        const inner = indexOf([victims], [entry(victims)])
        return indexOf([victims, inner, admitted], [entry(inner), entry(admitted)])
      },
    ],
    [
      'with an entry for no platform',
      () => indexOf([admitted, victims], [{ ...entry(victims), platform: undefined }, entry(admitted)]),
    ],
  ]
  test.for(indexes)('of an index %s, what runs is what was admitted', async ([what, make]) => {
    const repository = `rogue/${what.replaceAll(' ', '-')}`
    const index = make()
    await push(repository, index)
    expect(await pull(repository)).toMatchObject({ code: null, record: { digest: index.digest } })
    expect(await run(repository)).toBe(ours)
    // One image, and nothing an engine could choose from.
    expect([admitted.digest, admitted.blobs[0]?.digest]).toContain(await idOf(nameOf(repository)))
    expect(await pull(repository)).toMatchObject({ code: null })
    expect(await run(repository)).toBe(ours)
  })

  test('whose other entries are added between the pull and the start does not change what runs', async () => {
    const index = indexOf([admitted, victims], [entry(admitted), entry(victims)])
    await push('rogue/later', index)
    expect(await pull('rogue/later')).toMatchObject({ code: null })
    await docker('login', '--username', login.username, '--password', login.password, registry.host)
    await docker('pull', '--quiet', `${registry.host}/rogue/later@${index.digest}`)
    expect(await run('rogue/later')).toBe(ours)
  })
})

/** The image with another config or other layers, with their digests adjusted. */
function forged(image: LocalOciImage, blobs: readonly LocalBlob[]): LocalOciImage {
  const [config, ...layers] = blobs.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }))
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers }))
  return { ...image, blobs, manifest, digest: sha256(manifest) }
}

describe('S16: an image whose config does not belong to its layers', () => {
  const forgeries: readonly (readonly [string, () => LocalOciImage])[] = [
    [
      'names the files of another that are cached',
      () => forged(admitted, [victims.blobs[0]!, ...admitted.blobs.slice(1)]),
    ],
    ['names more layers than it has', () => forged(admitted, [victims.blobs[0]!, ...victims.blobs.slice(1, -1)])],
    [
      'names its layers in another order',
      () => forged(admitted, [admitted.blobs[0]!, ...admitted.blobs.slice(1).reverse()]),
    ],
  ]
  test.for(forgeries)('%s: IMAGE_CORRUPT, alone and in an index', async ([what, make]) => {
    const repository = `rogue/${what.replaceAll(' ', '-')}`
    const image = make()
    await push(repository, image)
    await push(`${repository}/index`, indexOf([image], [entry(image)]))
    for (const name of [repository, `${repository}/index`]) {
      const { code, shown } = await pull(name)
      expect(code, shown).toBe('IMAGE_CORRUPT')
    }
    expect(await docker('images', '--format', '{{.Repository}}')).not.toContain(repository)
  })
})
