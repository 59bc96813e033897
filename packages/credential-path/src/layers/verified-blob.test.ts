import { randomBytes } from 'node:crypto'
import { problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  fakeTicket,
  honestUpstream,
  inChunks,
  silence,
  type FakeTicket,
  type Upstream,
} from '../testing/fake-ticket.ts'
import type { WantedBlob } from './resumed-span.ts'
import { partOf, verifiedBlob } from './verified-blob.ts'

const patience = { stallMs: 60, retries: 2, pauseMs: 1 }
const layer = randomBytes(1000)

const never = new AbortController().signal
const wanted = (ticket: FakeTicket): WantedBlob => ({ blob: ticket.layers[0]!, source: ticket, patience })

async function read(ticket: FakeTicket, signal = never): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of verifiedBlob(wanted(ticket), { signal })) parts.push(chunk)
  return Buffer.concat(parts)
}

/** Breaks each connection after this many bytes. */
const cutAfter =
  (bytes: number): Upstream =>
  async (_blob, offset, _signal, honest) => ({
    offset,
    body: (async function* () {
      yield honest.subarray(offset, offset + bytes)
      throw new Error('ECONNRESET')
    })(),
  })

describe('a verified blob', () => {
  test('yields the blob unchanged', async () => {
    const ticket = fakeTicket({ layers: [layer] }, honestUpstream(64))
    expect(await read(ticket)).toEqual(layer)
    expect(ticket.fetches).toHaveLength(1)
  })

  test('S17: of no bytes is one whose digest says so', async () => {
    const empty = (ticket: FakeTicket, digest = ticket.layers[0]!.digest): WantedBlob => ({
      ...wanted(ticket),
      blob: { ...ticket.layers[0]!, digest, size: 0 },
    })
    const ticket = fakeTicket({ layers: [Buffer.alloc(0)] }, honestUpstream(64))
    expect(await verifiedBlob(empty(ticket), { signal: never }).next()).toEqual({ done: true, value: undefined })
    const other = verifiedBlob(empty(ticket, fakeTicket({ layers: [layer] }).layers[0]!.digest), { signal: never })
    await expect(other.next()).rejects.toThrow(expect.objectContaining({ code: 'IMAGE_CORRUPT' }))
  })

  test('resumes at the byte where a connection was cut', async () => {
    const ticket = fakeTicket({ layers: [layer] }, cutAfter(400))
    expect(await read(ticket)).toEqual(layer)
    expect(ticket.fetches.map((fetch) => Number(fetch.split('@')[1]))).toEqual([0, 400, 800])
  })

  test('R4: is given up once 201 connections have broken, even if each brought a byte', async () => {
    const ticket = fakeTicket({ layers: [layer] }, cutAfter(1))
    await expect(read(ticket)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    expect(ticket.fetches).toHaveLength(201)
  })

  test('resumes after a body that ends too early without an error', async () => {
    const ticket = fakeTicket({ layers: [layer] }, async (_blob, offset, _signal, honest) => ({
      offset,
      body: inChunks(honest.subarray(offset, offset + 300), 100),
    }))
    expect(await read(ticket)).toEqual(layer)
  })

  test('skips what it has if the registry cannot resume', async () => {
    let fetches = 0
    const ticket = fakeTicket({ layers: [layer] }, async (blob, offset, signal, honest) =>
      fetches++ === 0 ? cutAfter(450)(blob, offset, signal, honest) : { offset: 0, body: inChunks(honest, 70) },
    )
    expect(await read(ticket)).toEqual(layer)
  })

  test('yields the same bytes for any cuts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 20, max: 400 }), { minLength: 1 }),
        fc.boolean(),
        async (cuts, range) => {
          let fetches = 0
          const ticket = fakeTicket({ layers: [layer] }, async (_blob, offset, _signal, honest) => {
            const cut = cuts[fetches++ % cuts.length] ?? 1
            const start = range ? offset : 0
            return { offset: start, body: inChunks(honest.subarray(start, offset + cut), 37) }
          })
          expect(await read(ticket)).toEqual(layer)
        },
      ),
      { numRuns: 20 },
    )
  })

  test('rejects other bytes of the same length before yielding the last of them', async () => {
    const other = Buffer.from(layer)
    other[10] = (other[10] ?? 0) ^ 1
    const ticket = fakeTicket({ layers: [layer] }, async (_blob, offset) => ({ offset, body: inChunks(other, 100) }))
    const seen: Uint8Array[] = []
    const reading = async (): Promise<void> => {
      for await (const chunk of verifiedBlob(wanted(ticket), { signal: never })) seen.push(chunk)
    }
    await expect(reading()).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' })
    expect(Buffer.concat(seen)).toHaveLength(900)
  })

  test('rejects a blob longer than its descriptor', async () => {
    const ticket = fakeTicket({ layers: [layer] }, async (_blob, offset, _signal, honest) => ({
      offset,
      body: inChunks(Buffer.concat([honest, honest]), 999),
    }))
    await expect(read(ticket)).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' })
  })

  test('drops a connection that falls silent and tries again', async () => {
    let fetches = 0
    const ticket = fakeTicket({ layers: [layer] }, async (blob, offset, signal, honest) =>
      fetches++ === 0 ? { offset, body: silence(signal) } : honestUpstream()(blob, offset, signal, honest),
    )
    expect(await read(ticket)).toEqual(layer)
  })

  test('S12: does not count connections that stall after one byte as progress', async () => {
    const stalled = problem('PULL_STALLED', { registry: 'registry.example.com', seconds: 1 })
    const ticket = fakeTicket({ layers: [layer] }, async (_blob, offset, _signal, honest) => ({
      offset,
      body: (async function* () {
        yield honest.subarray(offset, offset + 1)
        throw stalled
      })(),
    }))
    await expect(read(ticket)).rejects.toMatchObject({ code: 'PULL_STALLED' })
    expect(ticket.fetches).toHaveLength(1 + patience.retries)
  })

  test('reports a registry that stays silent as a stalled pull', async () => {
    const ticket = fakeTicket({ layers: [layer] }, async (_blob, offset, signal) => ({ offset, body: silence(signal) }))
    await expect(read(ticket)).rejects.toMatchObject({
      code: 'PULL_STALLED',
      facts: { registry: 'registry.example.com', seconds: 0.06 },
    })
    expect(ticket.fetches).toHaveLength(3)
  })

  test('treats a refusal by the registry as final at once', async () => {
    const ticket = fakeTicket({ layers: [layer] }, () => Promise.reject(refusal))
    const refusal = problem('REGISTRY_ACCESS_DENIED', { registry: 'registry.example.com', repository: 'team/app' })
    await expect(read(ticket)).rejects.toBe(refusal)
    expect(ticket.fetches).toHaveLength(1)
  })

  test('ends on an abort, even while the registry is silent', async () => {
    const stop = new AbortController()
    const ticket = fakeTicket({ layers: [layer] }, async (_blob, offset, signal) => ({ offset, body: silence(signal) }))
    setTimeout(() => stop.abort(), 5)
    await expect(read(ticket, stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })
})

describe('a part of a verified blob', () => {
  test('is exactly its bytes, wherever they begin and end', async () => {
    const at = fc.integer({ min: 0, max: layer.length })
    await fc.assert(
      fc.asyncProperty(at, at, at, fc.integer({ min: 1, max: 300 }), async (one, other, from, chunkBytes) => {
        const range = { start: Math.max(from, Math.min(one, other)), end: Math.max(from, one, other) }
        const parts: Uint8Array[] = []
        for await (const chunk of partOf(inChunks(layer.subarray(from), chunkBytes), from, range)) parts.push(chunk)
        expect(Buffer.concat(parts).equals(layer.subarray(range.start, range.end))).toBe(true)
      }),
    )
  })

  test('S12: does not come to its end before the whole is right', async () => {
    const other = Buffer.from(layer)
    other[900] = (other[900] ?? 0) ^ 1
    const ticket = fakeTicket({ layers: [layer] }, async (_blob, offset) => ({ offset, body: inChunks(other, 100) }))
    let seen = 0
    const reading = async (): Promise<void> => {
      const chunks = verifiedBlob(wanted(ticket), { signal: never })
      for await (const chunk of partOf(chunks, 0, { start: 50, end: 450 })) seen += chunk.length
    }
    await expect(reading()).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' })
    expect(seen).toBeLessThan(400)
  })
})
