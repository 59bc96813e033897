import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeTicket, inChunks, silence, type Upstream } from '../testing/fake-ticket.ts'
import { Spool } from './spool.ts'
import { spooledTicket } from './spooled-ticket.ts'
import { verifiedBlob } from './verified-blob.ts'
import type { PullTicket } from '../registry/image/pull-ticket.ts'

const patience = { stallMs: 60, retries: 2, pauseMs: 1 }
const room = 1024 * 1024 * 1024
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-spool-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Reads a layer to its end, or stops after a number of bytes, like an engine that is stopped. */
async function read(ticket: PullTicket, upTo = Infinity, signal = new AbortController().signal): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of verifiedBlob(ticket, ticket.layers[0]!, patience, signal)) {
    parts.push(chunk)
    bytes += chunk.length
    if (bytes >= upTo) break
  }
  return Buffer.concat(parts)
}

const honest =
  (chunkBytes: number, range = true): Upstream =>
  async (_blob, offset, _signal, bytes) => ({
    offset: range ? offset : 0,
    body: inChunks(bytes.subarray(range ? offset : 0), chunkBytes),
  })

describe('a restarted pull', () => {
  test('R4: fetches and counts nothing of a blob that is already present', async () => {
    const layer = randomBytes(3_000_000)
    const ticket = fakeTicket({ layers: [layer] }, honest(16_384))
    await using spool = await Spool.open(folder, room)
    let fetched = 0
    const spooled = spooledTicket(ticket, spool, (bytes) => (fetched += bytes))
    expect((await read(spooled)).equals(layer)).toBe(true)
    expect((await read(spooled)).equals(layer)).toBe(true)
    expect([ticket.fetches.length, fetched]).toEqual([1, layer.length])
  })

  test('R4: resumes where the first one stopped', async () => {
    const layer = randomBytes(3_000_000)
    const ticket = fakeTicket({ layers: [layer] }, honest(10_000))
    await using spool = await Spool.open(folder, room)
    let fetched = 0
    const spooled = spooledTicket(ticket, spool, (bytes) => (fetched += bytes))
    await read(spooled, 2_000_000)
    expect((await read(spooled)).equals(layer)).toBe(true)
    expect(ticket.fetches.map((fetch) => Number(fetch.split('@')[1]))).toEqual([0, 2_000_000])
    expect(fetched).toBe(layer.length)
  })

  test('R4: yields the same bytes for any stops and cuts, and fetches no byte twice if the registry supports Range', async () => {
    const layer = randomBytes(20_000)
    const sizes = fc.array(fc.integer({ min: 200, max: 9000 }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(
        sizes,
        sizes,
        fc.integer({ min: 50, max: 5000 }),
        fc.boolean(),
        async (stops, cuts, chunk, range) => {
          let fetches = 0
          const ticket = fakeTicket({ layers: [layer] }, async (_blob, offset, _signal, bytes) => {
            const start = range ? offset : 0
            const cut = cuts[fetches++ % cuts.length] ?? 1
            return { offset: start, body: inChunks(bytes.subarray(start, offset + cut), chunk) }
          })
          await using spool = await Spool.open(folder, room)
          let fetched = 0
          const spooled = spooledTicket(ticket, spool, (bytes) => (fetched += bytes))
          for (const stop of stops) await read(spooled, stop)
          expect((await read(spooled)).equals(layer)).toBe(true)
          expect(range ? fetched : layer.length).toBe(layer.length)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('S12: never yields a whole blob with a wrong digest, even if the wrong bytes were kept', async () => {
    const layer = randomBytes(50_000)
    const wrong = Buffer.from(layer)
    wrong[10] = (wrong[10] ?? 0) ^ 1
    let fetches = 0
    const ticket = fakeTicket({ layers: [layer] }, async (blob, offset, signal, bytes) =>
      honest(5000)(blob, offset, signal, fetches++ === 0 ? wrong : bytes),
    )
    await using spool = await Spool.open(folder, room)
    const spooled = spooledTicket(ticket, spool, () => undefined)
    await read(spooled, 20_000)
    await expect(read(spooled)).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' })
  })

  test('gives two readers of one layer the whole layer', async () => {
    const layer = randomBytes(300_000)
    const ticket = fakeTicket({ layers: [layer] }, honest(7000))
    await using spool = await Spool.open(folder, room)
    const spooled = spooledTicket(ticket, spool, () => undefined)
    const both = await Promise.all([read(spooled), read(spooled)])
    expect(both.map((bytes) => bytes.equals(layer))).toEqual([true, true])
    expect((await read(spooled)).equals(layer)).toBe(true)
    expect(ticket.fetches).toHaveLength(2)
  })

  test('notices a stall in the rest of a kept blob', async () => {
    const layer = randomBytes(50_000)
    const ticket = fakeTicket({ layers: [layer] }, async (blob, offset, signal, bytes) =>
      offset === 0 ? honest(5000)(blob, offset, signal, bytes) : { offset, body: silence(signal) },
    )
    await using spool = await Spool.open(folder, room)
    const spooled = spooledTicket(ticket, spool, () => undefined)
    await read(spooled, 20_000)
    await expect(read(spooled)).rejects.toMatchObject({ code: 'PULL_STALLED' })
  })
})

describe('the spool', () => {
  test('S5: has no name that anyone could open', async () => {
    const ticket = fakeTicket({ layers: [randomBytes(100_000)] })
    await using spool = await Spool.open(folder, room)
    await read(spooledTicket(ticket, spool, () => undefined))
    expect(await readdir(folder)).toEqual([])
  })

  test('keeps no more than its limit, and the pull continues without it', async () => {
    const layer = randomBytes(100_000)
    const ticket = fakeTicket({ layers: [layer] })
    await using spool = await Spool.open(folder, 99_999)
    const spooled = spooledTicket(ticket, spool, () => undefined)
    expect((await read(spooled)).equals(layer)).toBe(true)
    expect((await read(spooled)).equals(layer)).toBe(true)
    expect(ticket.fetches).toHaveLength(2)
  })

  test('that is freed while being read leaves the rest to the registry', async () => {
    const layer = randomBytes(2_000_000)
    const ticket = fakeTicket({ layers: [layer] })
    const spool = await Spool.open(folder, room)
    const spooled = spooledTicket(ticket, spool, () => undefined)
    await read(spooled)
    const parts: Uint8Array[] = []
    for await (const chunk of verifiedBlob(spooled, ticket.layers[0]!, patience, new AbortController().signal)) {
      parts.push(chunk)
      await spool[Symbol.asyncDispose]()
    }
    expect(Buffer.concat(parts).equals(layer)).toBe(true)
    expect(ticket.fetches).toHaveLength(2)
  })

  test('that is freed while being written accepts nothing more, and the pull continues', async () => {
    const layer = randomBytes(3_000_000)
    const ticket = fakeTicket({ layers: [layer] }, honest(100_000))
    const spool = await Spool.open(folder, room)
    const spooled = spooledTicket(ticket, spool, () => undefined)
    const parts: Uint8Array[] = []
    for await (const chunk of verifiedBlob(spooled, ticket.layers[0]!, patience, new AbortController().signal)) {
      parts.push(chunk)
      if (parts.length === 15) await spool[Symbol.asyncDispose]()
    }
    expect(Buffer.concat(parts).equals(layer)).toBe(true)
  })
})
