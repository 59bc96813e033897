/** Images that an idle node brings: one at a time, out of the way of a cluster, and again only if that may help. */
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import type { Prefetch, PrefetchedImage } from '@fairlead/contract/wire'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { InMemoryEngine } from '../testing/in-memory-engine.ts'
import { InMemoryPuller, prefetchedName } from '../testing/in-memory-puller.ts'
import { samplePrefetchedImage, sampleWorkload } from '../testing/sample-workload.ts'
import { Prefetcher } from './prefetcher.ts'

// A busy machine is slow, not broken.
let engine: InMemoryEngine
let puller: InMemoryPuller
let changes: number
let isDiskLow: boolean
let logged: object[]
let ended: AbortController
beforeEach(() => {
  engine = new InMemoryEngine()
  puller = new InMemoryPuller(engine)
  changes = 0
  isDiskLow = false
  logged = []
  ended = new AbortController()
})
afterEach(() => ended.abort())

const other = 'registry.example.com/team/other:1'
const asked = (...images: PrefetchedImage[]): Prefetch => ({ images, within_seconds: 0 })

interface Options {
  readonly random?: () => number
  readonly keepMs?: number
  readonly backoffMs?: number
  readonly lookMs?: number
}

const anHour = 3_600_000

function start({ random = () => 0, keepMs = 10, backoffMs = 10, lookMs = 10 }: Options = {}): Prefetcher {
  const log = { info: (fields: object) => void logged.push(fields), error: () => undefined }
  const onChange = () => void (changes += 1)
  const pace = { lookMs, diskMs: 10, keepMs, backoff: { baseMs: backoffMs, capMs: backoffMs } }
  const parts = { engine, puller, isDiskLow: async () => isDiskLow, onChange, log }
  const prefetcher = new Prefetcher({ ...parts, random, pace })
  void prefetcher.run(ended.signal)
  return prefetcher
}

describe('an idle node', () => {
  test('brings each image by its digest, one at a time, and says which it has', async () => {
    const prefetcher = start()
    const [newest, older] = [samplePrefetchedImage(), samplePrefetchedImage({ docker_image: other })]
    prefetcher.want(asked(newest, older), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([newest.build_id, older.build_id]))
    expect(puller.pulled[0]).toEqual({
      purpose: 'prefetch',
      image: newest.docker_image,
      digest: newest.digest,
      secret: 'trainer-login',
      clusterId: null,
      buildId: newest.build_id,
    })
    expect([puller.pulled.length, puller.most]).toEqual([2, 1])
    expect(changes).toBeGreaterThanOrEqual(2)
  })

  test('says nothing of prefetching if it is asked for none', () => {
    const prefetcher = start()
    prefetcher.want(undefined, null)
    expect(prefetcher.prefetched).toBeUndefined()
  })

  test('pulls nothing again when the order is repeated', async () => {
    const prefetcher = start()
    const wanted = samplePrefetchedImage()
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    prefetcher.want({ ...asked({ ...wanted }), within_seconds: 8 }, null)
    prefetcher.want(asked({ ...wanted }, samplePrefetchedImage({ docker_image: other })), null)
    await eventually(() => expect(prefetcher.prefetched).toHaveLength(2))
    expect(puller.pulled.filter(({ image: name }) => name === wanted.docker_image)).toHaveLength(1)
  })

  test('begins at a moment of its own within the time of the order', async () => {
    const prefetcher = start({ random: () => 0.5 })
    prefetcher.want({ ...asked(samplePrefetchedImage()), within_seconds: 3600 }, null)
    const soon = samplePrefetchedImage({ docker_image: other })
    prefetcher.want({ ...asked(soon), within_seconds: 0 }, null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([soon.build_id]))
    expect(puller.pulled.map(({ image: name }) => name)).toEqual([other])
  })

  test('stops what is no longer wanted', async () => {
    puller.gate = new Promise(() => undefined)
    const prefetcher = start()
    prefetcher.want(asked(samplePrefetchedImage()), null)
    await eventually(() => expect(puller.pulled).toHaveLength(1))
    puller.gate = Promise.resolve()
    const newer = samplePrefetchedImage({ docker_image: other })
    prefetcher.want(asked(newer), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([newer.build_id]))
  })
})

describe('an image that somebody removes', () => {
  const wanted = samplePrefetchedImage()
  const removed = () => void engine.names.delete(prefetchedName(wanted.build_id))

  test('is brought again, and until then is not said to be here', async () => {
    const prefetcher = start()
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    const gate = Promise.withResolvers<void>()
    puller.gate = gate.promise
    const before = changes
    removed()
    await eventually(() => expect(prefetcher.prefetched).toEqual([]))
    expect(changes).toBeGreaterThan(before)
    gate.resolve()
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    expect(puller.pulled).toHaveLength(2)
  })

  test('comes again at a moment of its own, as a fleet may be cleaned up at once', async () => {
    let random = 0
    const prefetcher = start({ random: () => random })
    prefetcher.want({ ...asked(wanted), within_seconds: 3600 }, null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    random = 0.5
    removed()
    await eventually(() => expect(prefetcher.prefetched).toEqual([]))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(puller.pulled).toHaveLength(1)
  })

  test('is noticed while a cluster runs, and comes once the node is idle', async () => {
    const prefetcher = start()
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    prefetcher.want(asked(wanted), sampleWorkload())
    removed()
    await eventually(() => expect(prefetcher.prefetched).toEqual([]))
    expect(puller.pulled).toHaveLength(1)
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
  })

  test('is not thought to be gone while the engine does not answer', async () => {
    const prefetcher = start()
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    engine.isReachable = false
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(prefetcher.prefetched).toEqual([wanted.build_id])
    expect(puller.pulled).toHaveLength(1)
  })
})

test('an agent that starts again finds what it brought by its name, and asks no registry for it', async () => {
  const wanted = samplePrefetchedImage()
  engine.names.add(prefetchedName(wanted.build_id))
  const prefetcher = start()
  prefetcher.want(asked(wanted), null)
  await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
  expect(puller.pulled).toEqual([])
})

describe('an image that is no longer wanted', () => {
  const [old, wanted] = [samplePrefetchedImage(), samplePrefetchedImage({ docker_image: other })]
  const [oldName, name] = [prefetchedName(old.build_id), prefetchedName(wanted.build_id)]

  test('is let go of by its own name alone', async () => {
    const prefetcher = start()
    engine.names.add('registry.example.com/team/trainer:1')
    prefetcher.want(asked(old), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([old.build_id]))
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(engine.names).toEqual(new Set(['registry.example.com/team/trainer:1', name])))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(engine.names.has(name)).toBe(true)
    expect(puller.pulled).toHaveLength(2)
  })

  test('is let go of by an agent that started after that, even if nothing is asked for', async () => {
    engine.names.add(oldName)
    const prefetcher = start()
    await new Promise((resolve) => setTimeout(resolve, 50))
    // Nothing is known of what is wanted before the first order.
    expect(engine.names.has(oldName)).toBe(true)
    prefetcher.want(undefined, null)
    await eventually(() => expect(engine.names.has(oldName)).toBe(false))
  })

  test('is kept for a while, and is here at once if it is wanted again', async () => {
    const prefetcher = start({ keepMs: anHour })
    prefetcher.want(asked(old), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([old.build_id]))
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(engine.names.has(oldName)).toBe(true)
    prefetcher.want(asked(old, wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([old.build_id, wanted.build_id]))
    expect(puller.pulled).toHaveLength(2)
  })

  test('makes way at once for one that does not fit otherwise', async () => {
    engine.names.add(oldName)
    puller.failures.push(problem('NODE_DISK_FULL'))
    const prefetcher = start({ keepMs: anHour })
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    expect(engine.names).toEqual(new Set([name]))
  })

  test('stays while the engine does not let go of it, and is not why the registry is asked again and again', async () => {
    engine.names.add(oldName)
    engine.refusing.add('untag')
    puller.failures.push(problem('NODE_DISK_FULL'), problem('NODE_DISK_FULL'))
    const prefetcher = start({ keepMs: anHour, backoffMs: anHour })
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(puller.pulled).toHaveLength(2))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(puller.pulled).toHaveLength(2)
    expect(engine.names).toEqual(new Set([oldName]))
  })

  test('is not touched while a cluster wants the node', async () => {
    const prefetcher = start()
    prefetcher.want(asked(old), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([old.build_id]))
    prefetcher.want(undefined, sampleWorkload())
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(engine.names.has(oldName)).toBe(true)
    prefetcher.want(undefined, null)
    await eventually(() => expect(engine.names.has(oldName)).toBe(false))
  })
})

test('an engine that has nothing of ours is asked once, and not again while nothing is to be prefetched', async () => {
  const asks = vi.spyOn(engine, 'tags')
  const prefetcher = start()
  prefetcher.want(undefined, null)
  await eventually(() => expect(asks).toHaveBeenCalledTimes(1))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(asks).toHaveBeenCalledTimes(1)
})

describe('a cluster that wants the node', () => {
  test('ends the pull of another image, which is brought once the node is idle again', async () => {
    puller.gate = new Promise(() => undefined)
    const prefetcher = start()
    const wanted = samplePrefetchedImage({ docker_image: other })
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(puller.pulled).toHaveLength(1))
    puller.gate = Promise.resolve()
    prefetcher.want(asked(wanted), sampleWorkload())
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([puller.pulled.length, prefetcher.prefetched]).toEqual([1, []])
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
  })

  test('gets the room of all that was brought, which comes again once the node is idle', async () => {
    const prefetcher = start({ keepMs: anHour })
    const [wanted, leftover] = [samplePrefetchedImage({ docker_image: other }), prefetchedName(newId('bld'))]
    const own = 'registry.example.com/team/trainer:1'
    engine.names.add(leftover).add(own)
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    prefetcher.want(asked(wanted), sampleWorkload())
    const before = changes
    prefetcher.makeRoom()
    await eventually(() => expect(engine.names).toEqual(new Set([own])))
    await eventually(() => expect(prefetcher.prefetched).toEqual([]))
    expect(changes).toBeGreaterThan(before)
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
  })

  test('lets the pull of its own image go on', async () => {
    const gate = Promise.withResolvers<void>()
    puller.gate = gate.promise
    const prefetcher = start()
    const wanted = samplePrefetchedImage()
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(puller.pulled).toHaveLength(1))
    prefetcher.want(asked(wanted), sampleWorkload())
    gate.resolve()
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
  })
})

describe('a disk that something else fills', () => {
  const wanted = samplePrefetchedImage()
  const name = prefetchedName(wanted.build_id)
  const own = 'registry.example.com/team/trainer:1'

  test('gets the room of all that was brought, wanted or not, and of nothing else', async () => {
    const prefetcher = start({ keepMs: anHour, backoffMs: anHour })
    engine.names.add(prefetchedName(newId('bld'))).add(own)
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    const before = changes
    isDiskLow = true
    await eventually(() => expect(engine.names).toEqual(new Set([own])))
    await eventually(() => expect(prefetcher.prefetched).toEqual([]))
    expect(changes).toBeGreaterThan(before)
  })

  test('gets it while a cluster runs, too', async () => {
    const prefetcher = start()
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    prefetcher.want(asked(wanted), sampleWorkload())
    isDiskLow = true
    await eventually(() => expect(engine.names).toEqual(new Set()))
  })

  test('gets it from an agent that was started again and has no order yet', async () => {
    engine.names.add(name)
    isDiskLow = true
    start({ keepMs: anHour })
    await eventually(() => expect(engine.names).toEqual(new Set()))
  })

  test('ends the pull that is under way, which says why, and no other begins in the room that is left', async () => {
    engine.names.add(prefetchedName(newId('bld')))
    puller.gate = new Promise(() => undefined)
    const prefetcher = start({ keepMs: anHour, backoffMs: anHour })
    prefetcher.want(asked(wanted, samplePrefetchedImage({ docker_image: other })), null)
    await eventually(() => expect(puller.pulled).toHaveLength(1))
    puller.gate = Promise.resolve()
    isDiskLow = true
    await eventually(() => expect(puller.running).toBe(0))
    isDiskLow = false
    await eventually(() => expect(engine.names).toEqual(new Set()))
    expect(logged).toContainEqual(expect.objectContaining({ code: 'NODE_DISK_FULL' }))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([puller.pulled.length, prefetcher.prefetched]).toEqual([1, []])
  })

  test('has the images again once there is room', async () => {
    const prefetcher = start()
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    isDiskLow = true
    await eventually(() => expect(prefetcher.prefetched).toEqual([]))
    isDiskLow = false
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
  })

  test('does not keep an image from being tried, so that its record says that it has no room', async () => {
    isDiskLow = true
    puller.failures.push(problem('NODE_DISK_FULL'))
    const prefetcher = start({ backoffMs: 1000 })
    prefetcher.want(asked(wanted), sampleWorkload())
    await new Promise((resolve) => setTimeout(resolve, 50))
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(puller.pulled).toHaveLength(1))
  })

  test('does not have the engine asked every moment for an image that it does not let go of', async () => {
    engine.names.add(name)
    engine.refusing.add('untag')
    const asks = vi.spyOn(engine, 'untag')
    const prefetcher = start({ keepMs: anHour, lookMs: anHour })
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    isDiskLow = true
    await eventually(() => expect(asks).toHaveBeenCalledTimes(1))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(asks).toHaveBeenCalledTimes(1)
    expect(prefetcher.prefetched).toEqual([wanted.build_id])
  })
})

describe('an image that cannot be brought', () => {
  test('is tried again if the problem may pass', async () => {
    puller.failures.push(problem('NODE_DISK_FULL'))
    const prefetcher = start()
    const wanted = samplePrefetchedImage()
    prefetcher.want(asked(wanted), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([wanted.build_id]))
    expect(puller.pulled).toHaveLength(2)
  })

  test('is given up otherwise, and does not keep the next one from coming', async () => {
    puller.failures.push(problem('REGISTRY_ACCESS_DENIED', { registry: 'r.example.com', repository: 'team/app' }))
    const prefetcher = start()
    const next = samplePrefetchedImage({ docker_image: other })
    prefetcher.want(asked(samplePrefetchedImage(), next), null)
    await eventually(() => expect(prefetcher.prefetched).toEqual([next.build_id]))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(puller.pulled).toHaveLength(2)
  })
})
