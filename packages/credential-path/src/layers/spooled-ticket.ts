/** A ticket whose blobs start with what the spool has and continue from the registry; the fetched part is kept. */
import type { BlobStream, Descriptor, PullTicket } from '../registry/image/pull-ticket.ts'
import type { KeptBlob } from './kept-blob.ts'
import type { Spool } from './spool.ts'

/** `onFetched` is called for bytes that came from the registry, and for no others. */
export function spooledTicket(ticket: PullTicket, spool: Spool | null, onFetched: (bytes: number) => void): PullTicket {
  return {
    ...ticket,
    fetchBlob: async (blob, offset, signal) => {
      const kept = spool?.blob(blob) ?? null
      const there = kept === null ? 0 : await kept.length()
      if (kept !== null && there > offset) {
        return { offset, body: keptFirst(ticket, blob, kept, offset, there, onFetched, signal) }
      }
      const stream = await ticket.fetchBlob(blob, offset, signal)
      return { offset: stream.offset, body: keeping(stream, kept, onFetched) }
    },
  }
}

async function* keptFirst(
  ticket: PullTicket,
  blob: Descriptor,
  kept: KeptBlob,
  offset: number,
  there: number,
  onFetched: (bytes: number) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* kept.read(offset, there)
  if (there === blob.size) return
  const stream = await ticket.fetchBlob(blob, there, signal)
  // A registry without Range starts from the beginning.
  let skip = there - stream.offset
  for await (const chunk of keeping(stream, kept, onFetched)) {
    if (skip < chunk.length) yield skip === 0 ? chunk : chunk.subarray(skip)
    skip = Math.max(skip - chunk.length, 0)
  }
}

async function* keeping(
  { offset, body }: BlobStream,
  kept: KeptBlob | null,
  onFetched: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = offset
  try {
    for await (const chunk of body) {
      kept?.keep(at, chunk)
      at += chunk.length
      onFetched(chunk.length)
      yield chunk
    }
  } finally {
    kept?.flush()
  }
}
