import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, open, readdir, rm, statfs, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ScriptedSource } from '../testing/scripted-source.ts'
import { diskRoom } from './blob-room.ts'
import { BlobStore, type BlobStoreOptions } from './blob-store.ts'
import type { BlobSource, ByteRange } from '../registry/image/pull-ticket.ts'
import { SharedBlob } from './shared-blob.ts'

const mebibyte = 1024 * 1024
const where = { registry: 'registry.example.com', repository: 'team/app' }
const patience = { stallMs: 60, retries: 2, pauseMs: 1 }
const denied = problem('REGISTRY_ACCESS_DENIED', where)
/** A layer that several connections fetch. */
const large = randomBytes(48 * mebibyte)

let folder: string
let store: BlobStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-blobs-'))
  store = opened()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const opened = (options: BlobStoreOptions = {}): BlobStore =>
  new BlobStore([diskRoom(folder, 0)], { patience, lingerMs: 0, helpfulConnections: () => 8, ...options })

interface Reading {
  readonly range?: ByteRange
  /** Hangs up after so many bytes. */
  readonly upTo?: number
  readonly signal?: AbortSignal
  readonly onFetched?: (bytes: number) => void
  readonly onResumed?: () => void
  readonly in?: typeof where
}

/** Reads a blob to its end, or hangs up before, like an engine that is stopped. */
async function read(source: ScriptedSource, reading: Reading = {}, from = store): Promise<Buffer> {
  const { range = null, upTo = Infinity, signal = new AbortController().signal, in: there = where, ...watch } = reading
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of from.read(source.blob, there === where ? source : at(source, there), range, {
    ...watch,
    signal,
  })) {
    parts.push(chunk)
    bytes += chunk.length
    if (bytes >= upTo) break
  }
  return Buffer.concat(parts)
}

/** The same bytes from another repository. */
const at = (source: ScriptedSource, there: typeof where): BlobSource => ({
  where: there,
  fetchBlob: (...asked) => source.fetchBlob(...asked),
})

/** What every file's writes or reads do from here on; false: the disk fails. */
async function disk(
  operation: 'writev' | 'read',
  does: (call: number, file: FileHandle) => Promise<boolean>,
): Promise<void> {
  const any = await open(join(folder, 'any'), 'w')
  await rm(join(folder, 'any'))
  const handles = Object.getPrototypeOf(any) as Record<typeof operation, (...args: unknown[]) => Promise<unknown>>
  await any.close()
  const real = handles[operation]
  let calls = 0
  vi.spyOn(handles, operation).mockImplementation(async function (this: FileHandle, ...args) {
    if (await does(calls++, this)) return real.apply(this, args)
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  })
}

describe('readers of one blob', () => {
  test('R4: wait for one fetch, however many they are', async () => {
    const source = new ScriptedSource(randomBytes(3_000_000))
    let fetched = 0
    const onFetched = (bytes: number): void => void (fetched += bytes)
    const all = await Promise.all(Array.from({ length: 5 }, () => read(source, { onFetched })))
    expect(all.every((bytes) => bytes.equals(source.bytes))).toBe(true)
    expect([source.asked, source.sent, fetched]).toEqual([['0-'], 3_000_000, 3_000_000])
  })

  test('that come later fetch and count nothing of what is already there', async () => {
    const source = new ScriptedSource(randomBytes(3_000_000))
    await read(source)
    let fetched = 0
    expect((await read(source, { onFetched: (bytes) => (fetched += bytes) })).equals(source.bytes)).toBe(true)
    expect([source.asked, fetched]).toEqual([['0-'], 0])
  })

  test('get their ranges from it, whatever they are', async () => {
    const source = new ScriptedSource(randomBytes(1_000_000))
    const bound = fc.nat(source.bytes.length)
    const ranges = fc.array(
      fc.tuple(bound, bound).map(([one, other]) => ({ start: Math.min(one, other), end: Math.max(one, other) })),
      { minLength: 1, maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(ranges, async (asked) => {
        await using fresh = opened()
        const parts = await Promise.all(asked.map((range) => read(source, { range }, fresh)))
        for (const [index, { start, end }] of asked.entries()) {
          expect(parts[index]!.equals(source.bytes.subarray(start, end))).toBe(true)
        }
      }),
      { numRuns: 20 },
    )
    expect(source.sent).toBeLessThanOrEqual(20 * source.bytes.length)
  })

  test('that ask as containerd does, for many open ranges at once of which they read a part, cost one fetch', async () => {
    const source = new ScriptedSource(large)
    const chunk = 4 * mebibyte
    const waiting = Array.from({ length: large.length / chunk }, (_, index) => index * chunk).values()
    const parts = new Map<number, Buffer>()
    const worker = async (): Promise<void> => {
      for (const start of waiting) {
        const range = { start, end: large.length }
        parts.set(start, (await read(source, { range, upTo: chunk })).subarray(0, chunk))
      }
    }
    await Promise.all([worker(), worker(), worker(), worker()])
    const whole = Buffer.concat([...parts].toSorted(([one], [other]) => one - other).map(([, bytes]) => bytes))
    expect(whole.equals(large)).toBe(true)
    expect(source.sent).toBeLessThanOrEqual(1.02 * large.length)
  })

  test('do not end the fetch by hanging up while another reads', async () => {
    const source = new ScriptedSource(large)
    const [, whole] = await Promise.all([
      read(source, { upTo: 1 }),
      read(source),
      read(source, { signal: AbortSignal.timeout(1) }).catch(() => undefined),
    ])
    expect(whole.equals(large)).toBe(true)
    expect(source.sent).toBeLessThanOrEqual(1.02 * large.length)
  })

  test('that hang up all, and return, cost no byte twice', async () => {
    const source = new ScriptedSource(large)
    let fetched = 0
    const onFetched = (bytes: number): void => void (fetched += bytes)
    for (const upTo of [1, 5_000_000, 20_000_000]) await read(source, { upTo, onFetched })
    expect((await read(source, { onFetched })).equals(large)).toBe(true)
    expect([source.sent, fetched]).toEqual([large.length, large.length])
  })

  test('leave a fetch that stops a little later', async () => {
    const source = new ScriptedSource(randomBytes(1_000_000))
    source.faults.push({ kind: 'stall', after: 300_000 })
    // On a busy machine, a short wait for the registry would end before the fetch is left, and ask it again.
    await using patient = opened({ patience: { ...patience, stallMs: 60_000 } })
    await read(source, { upTo: 1 }, patient)
    await expect.poll(() => source.open).toBe(0)
    expect(source.asked).toEqual(['0-'])
  })

  test('whose source fails do not take the others with them: those ask their own', async () => {
    const [one, other] = [new ScriptedSource(randomBytes(100_000)), new ScriptedSource(Buffer.alloc(0))]
    const second = Object.assign(other, { bytes: one.bytes, blob: one.blob })
    one.faults.push(denied)
    const [first, whole] = await Promise.allSettled([read(one), read(second)])
    expect(first).toMatchObject({ status: 'rejected', reason: denied })
    expect(whole).toMatchObject({ status: 'fulfilled', value: one.bytes })
  })

  test('end on an abort, even while the registry is silent', async () => {
    const source = new ScriptedSource(randomBytes(1000))
    source.faults.push({ kind: 'stall', after: 10 })
    await expect(read(source, { signal: AbortSignal.timeout(5) })).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })
})

describe('an interrupted fetch', () => {
  test('R4: resumes where it stopped', async () => {
    // A process that waits for a processor takes a short pause for a stall.
    await using patient = opened({ patience: { ...patience, stallMs: 1000 } })
    const source = new ScriptedSource(randomBytes(3_000_000))
    source.faults.push({ kind: 'stall', after: 2_000_000 })
    let fetched = 0
    let resumed = 0
    const counted = { onFetched: (bytes: number) => void (fetched += bytes), onResumed: () => void (resumed += 1) }
    await read(source, { upTo: 1_500_000, ...counted }, patient)
    expect((await read(source, counted, patient)).equals(source.bytes)).toBe(true)
    expect([source.asked, fetched, resumed]).toEqual([['0-', '2000000-'], 3_000_000, 1])
  })

  test('R4: yields the same bytes for any stops and cuts, and fetches no byte twice if the registry supports Range', async () => {
    const sizes = fc.array(fc.integer({ min: 200, max: 90_000 }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(sizes, sizes, fc.boolean(), async (stops, cuts, hasRange) => {
        const source = new ScriptedSource(randomBytes(200_000))
        source.hasRange = hasRange
        source.faults.push(...cuts.map((after) => ({ kind: 'cut', after }) as const))
        await using fresh = opened()
        let fetched = 0
        const onFetched = (bytes: number): void => void (fetched += bytes)
        for (const upTo of stops) await read(source, { upTo, onFetched }, fresh).catch(() => undefined)
        // Without Range, connections that are cut before what is there already make no progress, and a read gives up.
        let whole: Buffer | undefined
        for (let reads = 0; whole === undefined && reads <= cuts.length; reads += 1) {
          whole = await read(source, { onFetched }, fresh).catch(() => undefined)
        }
        expect(whole?.equals(source.bytes)).toBe(true)
        expect(hasRange ? fetched : source.sent).toBe(hasRange ? 200_000 : fetched)
      }),
      { numRuns: 40 },
    )
  })

  test('of a large blob fetches no byte twice, wherever its connections are cut', async () => {
    const source = new ScriptedSource(large)
    source.faults.push(null, { kind: 'cut', after: 1_000_000 }, { kind: 'cut', after: 3 }, null, {
      kind: 'cut',
      after: 0,
    })
    expect((await read(source)).equals(large)).toBe(true)
    expect(source.sent).toBe(large.length)
  })

  test('notices a stall in the rest of what is kept', async () => {
    const source = new ScriptedSource(randomBytes(50_000))
    source.faults.push(
      { kind: 'cut', after: 20_000 },
      ...Array.from({ length: 9 }, () => ({ kind: 'stall', after: 0 }) as const),
    )
    await expect(read(source)).rejects.toMatchObject({ code: 'PULL_STALLED' })
  })

  test('keeps what it received for the next reader', async () => {
    const source = new ScriptedSource(randomBytes(100_000))
    source.faults.push({ kind: 'cut', after: 60_000 }, denied)
    await expect(read(source)).rejects.toBe(denied)
    expect((await read(source)).equals(source.bytes)).toBe(true)
    expect([source.asked, source.sent]).toEqual([['0-', '60000-', '60000-'], 100_000])
  })
})

describe('a large blob', () => {
  test('comes over several connections, once the registry has served a range', async () => {
    const source = new ScriptedSource(large)
    expect((await read(source)).equals(large)).toBe(true)
    expect([source.sent, source.mostOpen]).toEqual([large.length, 8])
    expect(source.asked[0]).toMatch(/^0-\d+$/)
  })

  test('comes over one if that brings enough', async () => {
    await using near = opened({ helpfulConnections: () => 1 })
    const source = new ScriptedSource(large)
    expect((await read(source, {}, near)).equals(large)).toBe(true)
    expect([source.sent, source.mostOpen]).toEqual([large.length, 1])
  })

  test('shares them with the other blobs of its registry, each of which has at least one', async () => {
    const sources = Array.from({ length: 4 }, () => new ScriptedSource(large.subarray(0, 20 * mebibyte)))
    let most = 0
    const onFetched = (): void => {
      most = Math.max(
        most,
        sources.reduce((sum, { open: now }) => sum + now, 0),
      )
    }
    const elsewhere = (index: number) => ({ ...where, repository: `team/${index}` })
    await Promise.all(sources.map((source, index) => read(source, { in: elsewhere(index), onFetched })))
    // The first one took eight before the others came.
    expect(most).toBeLessThanOrEqual(11)
    expect(sources.every(({ sent }) => sent === 20 * mebibyte)).toBe(true)
  })

  test('comes over fewer after a 429, and so does the next one from there', async () => {
    const source = new ScriptedSource(large)
    source.bears = 2
    expect((await read(source)).equals(large)).toBe(true)
    expect(source.sent).toBe(large.length)
    const refused = source.asked.length
    const next = new ScriptedSource(Buffer.concat([large, Buffer.from('x')]))
    next.bears = 2
    await read(next)
    expect(next.mostOpen).toBe(2)
    expect(next.asked.length).toBeLessThan(refused)
  })

  test('is not asked for again and again by the last connection that gets a 429', async () => {
    const source = new ScriptedSource(large)
    source.bears = 0
    await expect(read(source)).rejects.toMatchObject({ code: 'REGISTRY_RATE_LIMITED' })
    expect(source.asked).toHaveLength(1)
  })

  test('comes over one connection, in one answer, from a registry without Range; the next one is not asked for in ranges', async () => {
    const source = new ScriptedSource(large)
    source.hasRange = false
    expect((await read(source)).equals(large)).toBe(true)
    expect([source.asked.length, source.sent]).toEqual([1, large.length])
    const next = new ScriptedSource(Buffer.concat([large, Buffer.from('x')]))
    next.hasRange = false
    await read(next)
    expect([next.asked, next.sent]).toEqual([['0-'], next.bytes.length])
  })

  test('comes whole if the registry stops serving ranges midway, or answers them wrongly', async () => {
    for (const happens of ['stops', 'errs'] as const) {
      await using fresh = opened()
      const source = new ScriptedSource(large)
      if (happens === 'errs') source.faults.push(null, problem('REGISTRY_PROTOCOL', { registry: where.registry }))
      const fetchBlob = source.fetchBlob.bind(source)
      source.fetchBlob = (blob, span, signal) => {
        if (happens === 'stops' && source.asked.length > 3) source.hasRange = false
        return fetchBlob(blob, span, signal)
      }
      expect((await read(source, {}, fresh)).equals(large)).toBe(true)
      await expect.poll(() => source.open).toBe(0)
      const next = new ScriptedSource(Buffer.concat([large, Buffer.from('x')]))
      await read(next, {}, fresh)
      expect(next.asked).toEqual(['0-'])
    }
  })
})

describe('wrong bytes', () => {
  const wrong = (bytes: Buffer): ScriptedSource => {
    const honest = new ScriptedSource(bytes)
    const other = Buffer.from(bytes)
    other[10] = (other[10] ?? 0) ^ 1
    return Object.assign(new ScriptedSource(other), { blob: honest.blob })
  }

  test.for([
    ['a small blob', 300_000],
    ['a large blob', 20 * mebibyte],
  ] as const)('S12: of %s never reach a reader to the end of its range', async ([, size]) => {
    const source = wrong(large.subarray(0, size))
    const ranges = [undefined, { start: 0, end: 1 }, { start: 1000, end: 200_000 }, { start: 250_000, end: size }]
    const seen = ranges.map(() => 0)
    const outcomes = await Promise.allSettled(
      ranges.map(async (range, index) => {
        const chunks = store.read(source.blob, source, range ?? null, { signal: new AbortController().signal })
        for await (const chunk of chunks) seen[index]! += chunk.length
      }),
    )
    for (const [index, range] of ranges.entries()) {
      expect(outcomes[index]).toMatchObject({ status: 'rejected', reason: { code: 'IMAGE_CORRUPT' } })
      expect(seen[index]).toBeLessThan((range?.end ?? size) - (range?.start ?? 0))
    }
  })

  test('S12: never become a whole blob, even if they were kept', async () => {
    const bytes = randomBytes(50_000)
    const source = wrong(bytes)
    source.faults.push({ kind: 'cut', after: 20_000 }, denied)
    await expect(read(source)).rejects.toBe(denied)
    await expect(read(Object.assign(new ScriptedSource(bytes), { blob: source.blob }))).rejects.toMatchObject({
      code: 'IMAGE_CORRUPT',
    })
  })

  test('are thrown away', async () => {
    const bytes = randomBytes(50_000)
    await expect(read(wrong(bytes))).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' })
    expect((await read(new ScriptedSource(bytes))).equals(bytes)).toBe(true)
  })

  test('are a manifest’s that states another size for a blob that is here', async () => {
    const source = new ScriptedSource(randomBytes(50_000))
    await read(source)
    const lying = Object.assign(new ScriptedSource(source.bytes), { blob: { ...source.blob, size: 60_000 } })
    lying.faults.push(...Array.from({ length: 9 }, () => ({ kind: 'cut', after: 60_000 }) as const))
    await expect(read(lying)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
  })
})

describe('what is kept', () => {
  const source = (): ScriptedSource => new ScriptedSource(randomBytes(100_000))
  /** Whether a blob is still here. */
  const isHere = async (from: BlobStore, blob: ScriptedSource): Promise<boolean> => {
    const before = blob.sent
    await read(blob, {}, from)
    return blob.sent === before
  }

  test('S5: has no name that anyone could open', async () => {
    await read(source())
    expect(await readdir(folder)).toEqual([])
  })

  test('S5: is a file that only the agent may open, even in the moment before it loses its name', async () => {
    const seen: number[] = []
    await disk('writev', async (_call, file) => {
      const { mode, nlink } = await file.stat()
      seen.push(mode & 0o777, nlink)
      return true
    })
    await read(source())
    expect(seen).toEqual([0o600, 0])
  })

  test('belongs to one repository of one registry', async () => {
    const one = source()
    await read(one)
    await read(one, { in: { ...where, repository: 'team/other' } })
    await read(one, { in: { ...where, registry: 'other.example.com' } })
    expect(one.sent).toBe(300_000)
  })

  test('stays no longer than it should', async () => {
    await using brief = new BlobStore([{ ...diskRoom(folder, 0), keptMs: 1 }], { patience })
    const one = source()
    await read(one, {}, brief)
    await sleep(30)
    expect(await isHere(brief, one)).toBe(false)
  })

  test('is freed once it is forgotten: at once, or when its last reader has left', async () => {
    const [one, other] = [source(), source()]
    await read(one)
    const reading = store.read(other.blob, other, null, { signal: new AbortController().signal })
    await reading.next()
    await store.forget(where, [one.blob.digest, other.blob.digest, `sha256:${'0'.repeat(64)}`])
    expect([await isHere(store, one), await store.mayRange(where, other.blob)]).toEqual([false, true])
    for await (const chunk of reading) expect(chunk.length).toBeGreaterThan(0)
    expect(other.sent).toBe(100_000)
    expect(await isHere(store, other)).toBe(false)
  })

  test('is freed when room is needed, unless somebody reads it; which is distinct from having nothing to free', async () => {
    expect(await store.makeRoom()).toBe(false)
    const [one, other] = [source(), source()]
    await read(one)
    const reading = store.read(other.blob, other, null, { signal: new AbortController().signal })
    await reading.next()
    expect([await store.makeRoom(), await store.makeRoom()]).toEqual([true, false])
    expect(await isHere(store, one)).toBe(false)
    for await (const chunk of reading) expect(chunk.length).toBeGreaterThan(0)
    expect(other.sent).toBe(100_000)
  })

  test('S17: is promised no more than is free, however many blobs are read at once', async () => {
    const { bavail, bsize } = await statfs(folder)
    const size = Math.floor((bavail * bsize) / 16)
    const blobs = Array.from({ length: 30 }, (_, index) => ({ mediaType: 'x', digest: `sha256:${index}`, size }))
    const never = {
      where,
      fetchBlob: (_blob: unknown, _span: unknown, signal: AbortSignal) =>
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up')))),
    }
    const stop = new AbortController()
    const readings = blobs.map((blob) => store.read(blob, never, null, { signal: stop.signal }).next())
    for (const reading of readings) reading.catch(() => undefined)
    await sleep(50)
    const room = await Promise.all(blobs.map((blob) => store.mayRange(where, blob)))
    const fit = room.filter((fits) => fits).length
    expect(fit).toBeGreaterThanOrEqual(1)
    expect(fit).toBeLessThanOrEqual(4)
    stop.abort()
    await Promise.allSettled(readings)
    // What nobody reads gives way.
    expect(await store.mayRange(where, { mediaType: 'x', digest: 'sha256:another', size })).toBe(true)
  })

  test('is in the first room that has any: in memory, and otherwise on the disk', async () => {
    const disk = diskRoom(folder, 0)
    const memory = { ...diskRoom(join(folder, 'memory'), 0), keptMs: 60_000 }
    await mkdir(memory.folder)
    const opened: string[] = []
    const really = SharedBlob.open.bind(SharedBlob)
    vi.spyOn(SharedBlob, 'open').mockImplementation((place, parts) => {
      opened.push(place)
      return really(place, parts)
    })
    await using both = new BlobStore([{ ...memory, free: async () => 400_000 }, disk], { patience })
    const [one, other] = [source(), source()]
    const hanging = both.read(one.blob, one, null, { signal: new AbortController().signal })
    await hanging.next()
    expect((await read(other, {}, both)).equals(other.bytes)).toBe(true)
    await hanging.return()
    // A quarter of what is free: what nobody reads gives way to it.
    const third = source()
    await read(third, {}, both)
    expect(opened).toEqual([memory.folder, disk.folder, memory.folder])
    expect([await isHere(both, one), await isHere(both, other)]).toEqual([false, true])
  })

  test('is nothing if it would use the reserve, if there is no folder, or if the folder is not writable: readers then stream', async () => {
    for (const rooms of [[diskRoom(folder, 2 ** 60)], [], [diskRoom(join(folder, 'absent'), 0)]]) {
      await using streaming = new BlobStore(rooms, { patience })
      const one = source()
      const range = { start: 10, end: 99_000 }
      const [whole, part] = await Promise.all([read(one, {}, streaming), read(one, { range }, streaming)])
      expect([whole.equals(one.bytes), part.equals(one.bytes.subarray(10, 99_000))]).toEqual([true, true])
      expect([one.sent, await streaming.mayRange(where, one.blob)]).toEqual([200_000, false])
    }
    expect(await readdir(folder)).toEqual([])
  })

  test('is gone when the store is; whoever still reads is interrupted', async () => {
    const one = new ScriptedSource(randomBytes(500_000))
    one.faults.push({ kind: 'stall', after: 400_000 })
    const reading = read(one).catch((error: unknown) => error)
    await expect.poll(() => one.sent).toBe(400_000)
    await store[Symbol.asyncDispose]()
    expect(await reading).toMatchObject({ code: 'INTERRUPTED' })
    expect(one.open).toBe(0)
  })
})

describe('a disk', () => {
  test.for([
    ['at once', 0],
    ['midway', 9],
  ] as const)('that is full %s costs what it held, never the pull', async ([, after]) => {
    await disk('writev', async (call) => call < after)
    const source = new ScriptedSource(large)
    const range = { start: 20 * mebibyte, end: 40 * mebibyte }
    const [whole, part] = await Promise.all([read(source), read(source, { range })])
    expect([whole.equals(large), part.equals(large.subarray(range.start, range.end))]).toEqual([true, true])
    vi.restoreAllMocks()
    // A later reader does not find the broken file.
    expect((await read(source)).equals(large)).toBe(true)
  })

  test('that can no longer be read costs a fetch, never the pull', async () => {
    const source = new ScriptedSource(large)
    await read(source)
    await disk('read', async (call) => call < 3)
    expect((await read(source)).equals(large)).toBe(true)
    expect(source.sent).toBe(2 * large.length)
  })

  test('that is slow makes the registry wait, and memory hold a mebibyte for each connection', async () => {
    const go = Promise.withResolvers<boolean>()
    await disk('writev', () => go.promise)
    const source = new ScriptedSource(large)
    const reading = read(source)
    let before = -1
    while (source.sent > before) {
      before = source.sent
      await sleep(50)
    }
    expect(source.sent).toBeLessThanOrEqual(8 * (mebibyte + 64 * 1024))
    go.resolve(true)
    expect((await reading).equals(large)).toBe(true)
  })
})
