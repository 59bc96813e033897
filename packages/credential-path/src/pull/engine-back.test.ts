/** An engine that goes away in the middle of a pull loses nothing of what was received. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { problem, type Problem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeTicket } from '../testing/fake-ticket.ts'
import { openImagePuller } from './node-image-puller.ts'
import { layers, order, ScriptedPull } from '../testing/scripted-pull.ts'
import { diskRoom } from '../layers/blob-room.ts'
import { BlobStore } from '../layers/blob-store.ts'

let scripted: ScriptedPull
beforeEach(async () => {
  scripted = await ScriptedPull.open()
})

describe('a pull whose engine goes away midway (R7)', () => {
  let folder: string
  let blobs: BlobStore
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-blobs-'))
    blobs = new BlobStore([diskRoom(folder, 0)])
  })
  afterEach(async () => {
    await blobs[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  /** The engine stops when the pull is nearly done, and has lost all of it. */
  function stops({ back, failing = problem('ENGINE_UNREACHABLE') }: { back: boolean; failing?: Problem }): void {
    const real = scripted.engine.pull.bind(scripted.engine)
    scripted.engine.pull = async (reference, signal) => {
      scripted.engine.pull = real
      await real(reference, signal).catch(() => undefined)
      scripted.engine.images.clear()
      scripted.engine.layers.clear()
      scripted.engine.names.clear()
      scripted.engine.isReachable = back
      throw failing
    }
  }

  test('is repeated when the engine is back, and fetches nothing twice', async () => {
    stops({ back: true })
    const image = await openImagePuller({ ...scripted.parts(), blobs }).pull(order, scripted.watch())
    expect(image.imageId).toBe(scripted.ticket.config.digest)
    expect(image.record.bytes).toBe(scripted.ticket.totalBytes)
    for (const layer of scripted.ticket.layers) {
      expect(scripted.ticket.fetches.filter((fetch) => fetch.startsWith(layer.digest))).toEqual([`${layer.digest}@0`])
    }
  })

  test('is reported as failed if the engine stays away; the next order fetches nothing twice', async () => {
    stops({ back: false })
    const puller = openImagePuller({ ...scripted.parts(), blobs, engineBackWithinMs: 20 })
    await expect(puller.pull(order, scripted.watch())).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
    scripted.engine.isReachable = true
    const { record } = await puller.pull(order, scripted.watch())
    expect([record.bytes, record.code]).toEqual([scripted.ticket.config.size, null])
    expect(scripted.orders).toHaveLength(2)
  })

  /** Makes the engine reachable again after one failed call. */
  const comesBackOnceMissed = (): void => {
    const own = scripted.engine.version.bind(scripted.engine)
    scripted.engine.version = async () => {
      try {
        return await own()
      } catch (error) {
        scripted.engine.isReachable = true
        throw error
      }
    }
  }

  test('also waits for an engine that fails with its own message', async () => {
    stops({ back: false, failing: problem('ENGINE_FAILED', { http_status: 500, reason: 'context canceled' }) })
    comesBackOnceMissed()
    const { record } = await openImagePuller({ ...scripted.parts(), blobs, engineBackWithinMs: 5000 }).pull(
      order,
      scripted.watch(),
    )
    expect(record).toMatchObject({ code: null, bytes: scripted.ticket.totalBytes })
  })

  test('fails if the engine failed but is still there', async () => {
    stops({ back: true, failing: problem('ENGINE_FAILED', { http_status: 500, reason: 'no such device' }) })
    const puller = openImagePuller({ ...scripted.parts(), blobs, engineBackWithinMs: 20 })
    await expect(puller.pull(order, scripted.watch())).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
    expect(scripted.orders).toHaveLength(1)
  })

  test.for([
    ['bytes that were wrong', problem('IMAGE_CORRUPT', { registry: 'registry.example.com', repository: 'team/app' })],
    ['a pull that nobody wants any more', problem('INTERRUPTED')],
    ['a full disk', problem('NODE_DISK_FULL')],
    ['a fault of our own', problem('INTERNAL')],
  ] as const)('leaves nothing for the next pull after %s', async ([, failing]) => {
    stops({ back: true, failing })
    const puller = openImagePuller({ ...scripted.parts(), blobs, engineBackWithinMs: 20 })
    await expect(puller.pull(order, scripted.watch())).rejects.toMatchObject({ code: failing.code })
    const { record } = await puller.pull(order, scripted.watch())
    expect(record).toMatchObject({ code: null, bytes: scripted.ticket.totalBytes })
  })

  test('leaves nothing for the next pull once it has ended', async () => {
    const puller = openImagePuller({ ...scripted.parts(), blobs })
    await puller.pull(order, scripted.watch())
    scripted.engine.images.clear()
    scripted.engine.names.clear()
    scripted.engine.layers.clear()
    const again = fakeTicket({ layers })
    scripted.answer = () => again
    expect((await puller.pull(order, scripted.watch())).record.bytes).toBe(scripted.ticket.totalBytes)
  })

  test('S11: gives no rights by what it kept: a caller that may not pull the image gets nothing of it', async () => {
    stops({ back: false })
    const puller = openImagePuller({ ...scripted.parts(), blobs, engineBackWithinMs: 20 })
    await expect(puller.pull(order, scripted.watch())).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
    scripted.engine.isReachable = true
    scripted.answer = () => {
      throw problem('REGISTRY_ACCESS_DENIED', { registry: 'registry.example.com', repository: 'team/app' })
    }
    await expect(puller.pull(order, scripted.watch())).rejects.toMatchObject({ code: 'REGISTRY_ACCESS_DENIED' })
    expect(scripted.engine.images.size).toBe(0)
  })
})
