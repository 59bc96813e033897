import { randomBytes } from 'node:crypto'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { fakeTicket, sha256 } from '../testing/fake-ticket.ts'
import { BlobStore } from './blob-store.ts'
import { layerPairs, verifyLayers } from './verify-layers.ts'

const never = new AbortController().signal
const tar = Buffer.concat([Buffer.alloc(5000), randomBytes(3000)])

const patience = { stallMs: 200, retries: 1, pauseMs: 1 }
const blobs = new BlobStore([], { patience })

describe('the layers of an image', () => {
  test.for([
    ['as they are', (bytes: Buffer) => bytes],
    ['with gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['with zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
  ] as const)('packed %s are verified by what they unpack to', async ([, pack]) => {
    const packed = pack(tar)
    const ticket = fakeTicket({ layers: [packed] })
    const pair = { layer: sha256(packed), diffId: sha256(tar) }
    await verifyLayers(ticket, [pair], blobs, { signal: never })
    expect(ticket.fetches).toEqual([`${sha256(packed)}@0`])
    const other = [{ ...pair, diffId: sha256(packed.subarray(1)) }]
    await expect(verifyLayers(ticket, other, blobs, { signal: never })).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' })
  })

  test('that do not unpack are corrupt, even if their digest is right', async () => {
    const packed = gzipSync(tar).subarray(0, 200)
    const ticket = fakeTicket({ layers: [packed] })
    const pairs = [{ layer: sha256(packed), diffId: sha256(tar) }]
    await expect(verifyLayers(ticket, pairs, blobs, { signal: never })).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' })
  })

  test('S9: that unpack to thousands of times their size are abandoned early', async () => {
    // A few bytes that unpack to 4 MiB, and 8 KiB that unpack to 32 MiB: more than gzip can pack.
    for (const [dense, mebibytes] of [[0, 4] as const, [8192, 32] as const]) {
      const vast = Buffer.concat([randomBytes(dense), Buffer.alloc(mebibytes * 2 ** 20)])
      const packed = zstdCompressSync(vast)
      expect(packed.length).toBeLessThan(dense + 2500)
      const ticket = fakeTicket({ layers: [packed] })
      const pairs = [{ layer: sha256(packed), diffId: sha256(vast) }]
      const corrupt = { code: 'IMAGE_CORRUPT' }
      await expect(verifyLayers(ticket, pairs, blobs, { signal: never })).rejects.toMatchObject(corrupt)
    }
  })

  test('are paired with what the config says', async () => {
    const ticket = fakeTicket({ layers: [tar, Buffer.from('x')] })
    expect(await layerPairs(ticket)).toEqual([
      { layer: sha256(tar), diffId: sha256(tar) },
      { layer: sha256(Buffer.from('x')), diffId: sha256(Buffer.from('x')) },
    ])
  })

  test('are abandoned when the signal fires', async () => {
    const ticket = fakeTicket({ layers: [tar] })
    const pairs = [{ layer: sha256(tar), diffId: sha256(tar) }]
    await expect(verifyLayers(ticket, pairs, blobs, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    })
  })
})
