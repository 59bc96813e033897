/** The engine's image is the one that was admitted, whatever its layers and indexes. */
import { randomBytes } from 'node:crypto'
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import type { StepReport } from '@fairlead/contract/wire'
import { beforeEach, describe, expect, test } from 'vitest'
import type { LocalImage } from '../engine/engine.ts'
import type { ImageConfig } from '../registry/image/pull-ticket.ts'
import { PullingEngine } from '../testing/pulling-engine.ts'
import { configForAnotherMachine, fakeTicket, inChunks, type FakeTicket } from '../testing/fake-ticket.ts'
import type { ImagePuller, PrefetchOrder } from '../image-puller.ts'
import { openImagePuller } from './node-image-puller.ts'
import { zstdLayer } from '../registry/image/manifest.ts'
import { layers, order, ScriptedPull } from '../testing/scripted-pull.ts'

const ahead: PrefetchOrder = { ...order, purpose: 'prefetch', clusterId: null, buildId: newId('bld') }

let scripted: ScriptedPull
beforeEach(async () => {
  scripted = await ScriptedPull.open()
})

describe('a cached layer (S16)', () => {
  test('that Docker did not fetch is fetched and verified here', async () => {
    scripted.engine.layers.add(scripted.ticket.layers[0]!.digest)
    const { record } = await scripted.pull()
    expect(scripted.engine.requests.some((path) => path.endsWith(scripted.ticket.layers[0]!.digest))).toBe(false)
    expect(scripted.ticket.fetches).toContain(`${scripted.ticket.layers[0]!.digest}@0`)
    expect(record.bytes).toBe(scripted.ticket.totalBytes)
  })

  test('that the registry does not have is not given to the image', async () => {
    scripted.engine.layers.add(scripted.ticket.layers[0]!.digest)
    const honest = scripted.ticket
    scripted.ticket = {
      ...honest,
      fetchBlob: async (blob, span, signal) => {
        if (blob.digest !== honest.layers[0]!.digest) return honest.fetchBlob(blob, span, signal)
        throw problem('IMAGE_INCOMPLETE', { registry: 'registry.example.com', repository: 'team/app' })
      },
    }
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'IMAGE_INCOMPLETE' })
    expect([...scripted.engine.names.keys()]).toEqual([])
  })

  test('that does not unpack to what the config says is rejected', async () => {
    const stolen = randomBytes(100)
    const crafted = fakeTicket({ layers: [Buffer.from('honest bytes')] })
    const lies = fakeTicket({ layers: [stolen] })
    // The manifest names one of the attacker's layers, the config one of someone else's.
    scripted.ticket = { ...lies, layers: crafted.layers, fetchBlob: fetchFrom(lies, crafted) }
    const diffIds = lies.layers.map(({ digest }) => digest)
    scripted.engine.images.set(lies.config.digest, {
      id: lies.config.digest,
      os: 'linux',
      arch: 'amd64',
      variant: null,
      diffIds,
    })
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' })
  })

  test('that was verified from the same repository is not fetched again', async () => {
    await scripted.pull()
    const other = fakeTicket({ layers: [...layers, Buffer.from('one more')] })
    scripted.ticket = other
    const { record } = await scripted.pull()
    expect(record.bytes).toBe(other.config.size + 'one more'.length)
  })

  test('that was verified from another repository is fetched again', async () => {
    await scripted.pull()
    scripted.ticket = fakeTicket({ layers, image: 'registry.example.com/evil/app:1' })
    const { record } = await scripted.pull({ ...order, image: 'registry.example.com/evil/app:1' })
    expect(record.bytes).toBe(scripted.ticket.totalBytes)
  })
})

test('S16: gives the engine no blob of an image that is for another machine, as its config shows', async () => {
  scripted.ticket = { ...scripted.ticket, imageConfig: configForAnotherMachine() }
  await expect(scripted.pull()).rejects.toMatchObject({ code: 'IMAGE_PLATFORM_MISMATCH' })
  expect(scripted.stepWords().at(-1)).toBe('pull failed')
  expect(scripted.records().at(-1)?.bytes).toBe(0)
  expect(scripted.ticket.fetches).toEqual([])
  expect([...scripted.engine.names.keys()]).toEqual([])
})

test('finds a layer that the engine cannot unpack before fetching anything, and does not blame the registry', async () => {
  const [first, ...rest] = scripted.ticket.layers
  scripted.ticket = { ...scripted.ticket, layers: [{ ...first!, mediaType: zstdLayer }, ...rest] }
  await expect(scripted.pull()).rejects.toMatchObject({ code: 'ENGINE_CANNOT_UNPACK', who: 'node-owner' })
  expect([scripted.engine.requests, scripted.ticket.fetches]).toEqual([[], []])
})

test('a pull that fails while the config is being read stops reading it, and asks for the proof of the login only then', async () => {
  const [first, ...rest] = scripted.ticket.layers
  const config = Promise.withResolvers<ImageConfig>()
  const told: string[] = []
  // A registry that says nothing is given up some time.
  const patience = setTimeout(
    () => config.reject(problem('REGISTRY_UNREACHABLE', { registry: 'registry.example.com' })),
    300,
  )
  scripted.ticket = {
    ...scripted.ticket,
    layers: [{ ...first!, mediaType: zstdLayer }, ...rest],
    imageConfig: config.promise,
    dropConfig: () => {
      told.push('dropped')
      config.reject(problem('INTERRUPTED'))
    },
    loginUse: async () => {
      told.push('proof')
      return 'proved'
    },
  }
  await expect(scripted.pull()).rejects.toMatchObject({ code: 'ENGINE_CANNOT_UNPACK' })
  clearTimeout(patience)
  expect(told).toEqual(['dropped', 'proof'])
})

test('a start whose engine fails before anything is pulled stops reading the config', async () => {
  await scripted.pull()
  const told: string[] = []
  scripted.ticket = {
    ...scripted.ticket,
    imageConfig: new Promise(() => undefined),
    dropConfig: () => told.push('dropped'),
  }
  scripted.engine.image = () => Promise.reject(problem('ENGINE_UNREACHABLE', { reason: 'it is being restarted' }))
  await expect(scripted.pull()).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
  expect(told).toEqual(['dropped'])
})

describe('an index (S16)', () => {
  const index = `sha256:${'6'.repeat(64)}`
  const manifest = (): string => scripted.ticket.manifests.at(-1)!.digest
  beforeEach(() => {
    scripted.ticket = {
      ...scripted.ticket,
      digest: index,
      manifests: [{ ...scripted.ticket.manifests[0]!, digest: index }, ...scripted.ticket.manifests],
    }
  })
  /** The containerd store: an image's id is the digest that was pulled. */
  const holds = (id: string, part: Partial<LocalImage> = {}): void => {
    scripted.engine.image = async (name) => {
      const found = await PullingEngine.prototype.image.call(
        scripted.engine,
        name === id ? scripted.ticket.config.digest : name,
      )
      return found && { ...found, id, ...part }
    }
    scripted.engine.tag = async () => undefined
  }

  test('is hidden from the engine, which could choose from it: the engine pulls the one admitted image', async () => {
    await expect(scripted.pull()).resolves.toMatchObject({
      imageId: scripted.ticket.config.digest,
      digest: index,
      record: { digest: index },
    })
    expect(
      scripted.engine.requests.filter((path) => path.includes('/manifests/')).map((path) => path.split('/').at(-1)),
    ).toEqual([manifest()])
  })

  test('that the engine still turned into an image is rejected', async () => {
    holds(index)
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
  })

  test('that is the image of an earlier pull is not used to start: the admitted image is pulled', async () => {
    const where = { registry: 'registry.example.com', repository: 'team/app' }
    await scripted.ledger.prove([], {
      ...where,
      digest: index,
      platform: 'linux/amd64',
      sizeBytes: 1,
      imageId: index,
      secret: null,
      secretVersion: null,
      at: new Date().toISOString(),
    })
    scripted.engine.images.set(index, { id: index, os: 'linux', arch: 'amd64', variant: null, diffIds: [] })
    expect((await scripted.pull()).imageId).toBe(scripted.ticket.config.digest)
  })

  test('whose image has other layers than those admitted, according to the engine, is rejected, and no name is left behind', async () => {
    holds(manifest(), { diffIds: [`sha256:${'5'.repeat(64)}`] })
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' })
    expect([...scripted.engine.names.keys()]).toEqual([])
  })
})

const fetchFrom =
  (...tickets: readonly FakeTicket[]): FakeTicket['fetchBlob'] =>
  (blob, span, signal) => {
    const owner = tickets.find(({ contents }) => contents.has(blob.digest))
    if (owner === undefined) throw new Error('no such blob')
    return owner.fetchBlob(blob, span, signal)
  }

describe('two pulls of one image at the same time', () => {
  let gate: PromiseWithResolvers<void>
  beforeEach(() => {
    gate = Promise.withResolvers()
    scripted.ticket = fakeTicket({ layers }, async (_blob, offset, signal, honest) => {
      await Promise.race([gate.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))])
      signal.throwIfAborted()
      return { offset, body: inChunks(honest.subarray(offset), 50_000) }
    })
  })

  /** The cluster's pull, which has reached the step `pull`. */
  const joining = (puller: ImagePuller) => {
    const joined = Promise.withResolvers<void>()
    const onSteps = (steps: readonly StepReport[]) => {
      if (steps.at(-1)?.step === 'pull') joined.resolve()
    }
    const { signal } = new AbortController()
    return { joined: joined.promise, pulled: puller.pull(order, { signal, onSteps }) }
  }

  test('are one pull by the engine: both prove their right, and the bytes are in the record of the first', async () => {
    const puller = openImagePuller(scripted.parts())
    const first = puller.pull(ahead, scripted.watch())
    await expect.poll(() => scripted.engine.requests.length).toBeGreaterThan(0)
    const second = joining(puller)
    await second.joined
    gate.resolve()
    const [one, two] = await Promise.all([first, second.pulled])
    expect(two.imageId).toBe(one.imageId)
    expect([...scripted.engine.names.keys()].toSorted()).toEqual([
      `localhost/fairlead-prefetched:${ahead.buildId}`,
      'registry.example.com/team/app:1',
    ])
    expect([one.record.bytes, two.record.bytes]).toEqual([scripted.ticket.totalBytes, 0])
    expect(two.record).toMatchObject({ purpose: 'cluster', decision: 'authenticated', code: null })
    expect(new Set(scripted.ticket.fetches).size).toBe(scripted.ticket.fetches.length)
    expect(scripted.engine.requests.filter((path) => path.includes('/manifests/'))).toHaveLength(1)
  })

  test('go on with the second if the first is no longer wanted', async () => {
    const puller = openImagePuller(scripted.parts())
    const stop = new AbortController()
    const first = puller.pull(ahead, scripted.watch(stop.signal)).catch((error: unknown) => error)
    await expect.poll(() => scripted.engine.requests.length).toBeGreaterThan(0)
    const second = joining(puller)
    await second.joined
    stop.abort()
    expect(await first).toMatchObject({ code: 'INTERRUPTED' })
    gate.resolve()
    expect((await second.pulled).record).toMatchObject({ code: null })
    expect(scripted.engine.requests.filter((path) => path.includes('/manifests/'))).toHaveLength(1)
  })

  test('are one, too, if the second fails by the config that it reads itself', async () => {
    const puller = openImagePuller(scripted.parts())
    const first = puller.pull(ahead, scripted.watch())
    await expect.poll(() => scripted.engine.requests.length).toBeGreaterThan(0)
    const { ticket } = scripted
    scripted.answer = () => ({ ...ticket, imageConfig: configForAnotherMachine() })
    const second = joining(puller)
    const failed = second.pulled.catch((error: unknown) => error)
    await second.joined
    gate.resolve()
    expect(await failed).toMatchObject({ code: 'IMAGE_PLATFORM_MISMATCH' })
    expect((await first).record).toMatchObject({ code: null })
    expect(scripted.engine.requests.filter((path) => path.includes('/manifests/'))).toHaveLength(1)
  })

  test('are two if the first fails: that failure is not the second’s', async () => {
    const honest = scripted.ticket
    let failures = 1
    scripted.ticket = {
      ...honest,
      fetchBlob: async (...asked) => {
        await gate.promise
        if (failures-- > 0)
          throw problem('IMAGE_INCOMPLETE', { registry: 'registry.example.com', repository: 'team/app' })
        return honest.fetchBlob(...asked)
      },
    }
    const puller = openImagePuller(scripted.parts())
    const first = puller.pull(ahead, scripted.watch()).catch((error: unknown) => error)
    await expect.poll(() => scripted.engine.requests.length).toBeGreaterThan(0)
    const second = joining(puller)
    await second.joined
    gate.resolve()
    expect(await first).toMatchObject({ code: 'IMAGE_INCOMPLETE' })
    expect((await second.pulled).record.code).toBeNull()
  })
})

describe('an image that no one waits for', () => {
  test('gets only the name of what was prefetched, and the one of the user once a cluster starts from it', async () => {
    await scripted.pull(ahead)
    const prefetched = `localhost/fairlead-prefetched:${ahead.buildId}`
    expect([...scripted.engine.names.keys()]).toEqual([prefetched])
    await scripted.pull(order)
    expect([...scripted.engine.names.keys()]).toEqual([prefetched, 'registry.example.com/team/app:1'])
    expect(scripted.engine.requests.filter((path) => path.includes('/manifests/'))).toHaveLength(1)
  })

  test('is not pulled if it would leave no room for itself unpacked and the owner’s reserve', async () => {
    scripted.engine.dataRoot = () => Promise.resolve('/')
    const policy = { disk_reserve_bytes: 2 ** 50 }
    const parts = scripted.parts(policy)
    const pull = openImagePuller(parts).pull(ahead, scripted.watch())
    await expect(pull).rejects.toMatchObject({ code: 'NODE_DISK_FULL' })
    expect(scripted.engine.requests).toEqual([])
    expect(scripted.records().at(-1)).toMatchObject({ purpose: 'prefetch', code: 'NODE_DISK_FULL' })
  })
})
