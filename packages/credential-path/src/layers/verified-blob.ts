/** A registry blob as one stream whose last chunk is held back until digest and size match, so that a wrong blob is never delivered whole. */
import { createHash, type Hash } from 'node:crypto'
import { digestOf } from '../registry/image/manifest.ts'
import { corrupt, type ByteRange } from '../registry/image/pull-ticket.ts'
import { resumedSpan, type BlobWatch, type WantedBlob } from './resumed-span.ts'

/** What is already there: its length, and its hash so far. */
export interface BlobStart {
  readonly bytes: number
  readonly hash: Hash
}

const emptyDigest = digestOf(new Uint8Array())

/** Throws only Problems. Yields what follows `start`, or the whole. */
export async function* verifiedBlob(
  wanted: WantedBlob,
  watch: BlobWatch,
  start: BlobStart = { bytes: 0, hash: createHash('sha256') },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { blob, source } = wanted
  const { where } = source
  const { hash } = start
  let at = start.bytes
  // No chunk will come to be held back.
  if (blob.size === 0 && blob.digest !== emptyDigest) throw corrupt(where)
  for await (const chunk of resumedSpan(wanted, { start: at, end: blob.size }, watch)) {
    hash.update(chunk)
    at += chunk.length
    if (at === blob.size && `sha256:${hash.digest('hex')}` !== blob.digest) throw corrupt(where)
    yield chunk
  }
}

/** A part of chunks that begin at `from`. Its last chunk, too, waits until they have come to their end. */
export async function* partOf(
  chunks: AsyncIterable<Uint8Array>,
  from: number,
  { start, end }: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = from
  let held: Uint8Array | null = null
  for await (const chunk of chunks) {
    const wanted = chunk.subarray(Math.max(start - at, 0), Math.max(end - at, 0))
    at += chunk.length
    if (wanted.length === 0) continue
    if (held !== null) yield held
    held = wanted
  }
  if (held !== null) yield held
}
