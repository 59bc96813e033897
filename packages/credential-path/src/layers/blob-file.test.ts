import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sha256 } from '../testing/fake-ticket.ts'
import { BlobFile } from './blob-file.ts'

const bytes = randomBytes(3000)
const blob = { mediaType: 'x', digest: sha256(bytes), size: bytes.length }
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-blob-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function contentOf(file: BlobFile, start = 0, end = file.readable): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of file.read(start, end)) parts.push(chunk)
  return Buffer.concat(parts)
}

describe('the file of a blob', () => {
  test('can be read up to the first gap, and is right once all of it is there, in whatever order it came', async () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(cuts, fc.infiniteStream(fc.nat()), async (inner, random) => {
        const edges = [0, ...inner.toSorted((one, other) => one - other), bytes.length]
        const spans = edges.slice(1).map((end, index) => ({ start: edges[index]!, end }))
        const order = spans
          .map((span) => ({ span, key: random.next().value as number }))
          .toSorted((a, b) => a.key - b.key)
        const file = await BlobFile.open(folder, blob, () => undefined)
        for (const { span } of order) {
          expect(file.verdict).toBe('open')
          await file.write(span.start, [bytes.subarray(span.start, span.end)], span.end - span.start)
          await file.hashed()
          const [first] = file.received
          expect(file.readable).toBe(first?.start === 0 ? first.end : 0)
          expect((await contentOf(file)).equals(bytes.subarray(0, file.readable))).toBe(true)
        }
        expect([file.verdict, file.written]).toEqual(['right', bytes.length])
        await file.close()
      }),
      { numRuns: 40 },
    )
  })

  test('S12: keeps what it has hashed, whatever comes for the same place later', async () => {
    const file = await BlobFile.open(folder, blob, () => undefined)
    await file.write(1000, [bytes.subarray(1000, 2000)], 1000)
    await file.write(0, [bytes.subarray(0, 10)], 10)
    const other = Buffer.from(bytes)
    other.fill(0, 0, 10)
    other.fill(0, 1000, 2000)
    await file.write(0, [other.subarray(0, 700), other.subarray(700)], bytes.length)
    await file.hashed()
    expect([file.verdict, (await contentOf(file)).equals(bytes)]).toEqual(['right', true])
    await file.close()
  })

  test('is wrong once, and for good, if the whole has another digest', async () => {
    const file = await BlobFile.open(folder, { ...blob, digest: sha256(Buffer.from('other')) }, () => undefined)
    await file.write(0, [bytes], bytes.length)
    expect(file.verdict).toBe('wrong')
    await file.close()
  })

  test('S5: has no name from the start', async () => {
    const file = await BlobFile.open(folder, blob, () => undefined)
    expect(await readdir(folder)).toEqual([])
    await file.close()
  })
})
