/**
 * S16: a layer is proved by its bytes. An attacker's manifest can name a layer that is cached here for someone else; Docker then says
 * "Already exists" and fetches nothing. A layer that Docker did not fetch, and that the ledger does not know, is fetched and unpacked here.
 */
import { createHash } from 'node:crypto'
import { PassThrough, Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { isProblem } from '@fairlead/contract/problems'
import type { BlobStore } from './blob-store.ts'
import type { BlobWatch } from './resumed-span.ts'
import { corrupt, type Descriptor, type PullTicket } from '../registry/image/pull-ticket.ts'
import { interruption } from '../process/until-aborted.ts'
import type { LayerPair } from '../record/ledger-entry.ts'

/** As many as Docker fetches at once. */
const atOnce = 3

/** The limit of gzip's ratio; zstd can expand a few kilobytes into gigabytes. */
const mostRatio = 1040
const smallestLimit = 1024 * 1024

/** Each layer of the manifest with the digest that the image's config gives for its unpacked form. */
export async function layerPairs({ layers, imageConfig }: PullTicket): Promise<readonly LayerPair[]> {
  const { diffIds } = await imageConfig
  return layers.map(({ digest }, index) => ({ layer: digest, diffId: diffIds[index] ?? '' }))
}

/** Fetches these layers and checks what they unpack to; throws IMAGE_CORRUPT if one does not match the config. */
export async function verifyLayers(
  ticket: PullTicket,
  pairs: readonly LayerPair[],
  blobs: BlobStore,
  watch: BlobWatch,
): Promise<void> {
  const waiting = pairs.values()
  const stop = new AbortController()
  const either = { ...watch, signal: AbortSignal.any([watch.signal, stop.signal]) }
  const work = async (): Promise<void> => {
    for (const { layer, diffId } of waiting) {
      const blob = ticket.layers.find(({ digest }) => digest === layer)
      if (blob === undefined || (await unpackedDigest(ticket, blob, blobs, either)) !== diffId)
        throw corrupt(ticket.where)
    }
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, work))
  } finally {
    stop.abort()
  }
}

/** The digest of a layer's tar. */
async function unpackedDigest(
  ticket: PullTicket,
  blob: Descriptor,
  blobs: BlobStore,
  watch: BlobWatch,
): Promise<string> {
  const { signal } = watch
  const chunks = blobs.read(blob, ticket, null, watch)
  const first = await chunks.next()
  if (first.done === true) return digestOf(createHash('sha256'))
  const hash = createHash('sha256')
  const packed = async function* (): AsyncGenerator<Uint8Array> {
    yield first.value
    yield* chunks
  }
  try {
    const start = first.value
    const limit = blob.size * mostRatio + smallestLimit
    await pipeline(Readable.from(packed(), { objectMode: false }), unpacker(start), upTo(limit), hash, { signal })
  } catch (error) {
    if (isProblem(error)) throw error
    if (signal.aborted) throw interruption(signal)
    // The bytes match their digest but do not unpack.
    throw corrupt(ticket.where)
  }
  return digestOf(hash)
}

/** Unpacking more than this would take unlimited time for a few bytes. */
function upTo(limit: number): (unpacked: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array> {
  return async function* (unpacked) {
    let size = 0
    for await (const piece of unpacked) {
      size += piece.length
      if (size > limit) throw new Error('too large')
      yield piece
    }
  }
}

/** Detected from the bytes, as Docker does: media types are only the pusher's claim. */
function unpacker(start: Uint8Array): Transform {
  if (start[0] === 0x1f && start[1] === 0x8b) return createGunzip()
  if (start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd) return createZstdDecompress()
  return new PassThrough()
}

const digestOf = (hash: ReturnType<typeof createHash>): string => `sha256:${hash.digest('hex')}`
