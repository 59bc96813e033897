/** Reads a request body, up to a size limit that is checked as bytes arrive, and within a time limit. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { problem } from '@fairlead/contract/problems'
import type { Room } from './unverified-bytes.ts'
import { within } from './within.ts'

/** A body is given up when nothing arrives for this long, */
const silenceMs = 5_000
/** or when it is not complete by then. */
const wholeMs = 30_000

/** Node's own request: a `Request` around it, with its headers and stream, would cost more than the rest of reading it. */
export interface BodySource extends Pick<Readable, 'iterator'> {
  readonly headers: IncomingHttpHeaders
}

/** `room`: counts its bytes while the sender is unknown. */
export async function readBody(source: BodySource, limit: number, room: Room | null): Promise<Uint8Array> {
  const tooLarge = () => problem('REQUEST_TOO_LARGE', { limit_bytes: limit })
  if (Number(source.headers['content-length'] ?? 0) > limit) throw tooLarge()
  if (source.headers['content-encoding'] !== undefined) throw problem('REQUEST_MALFORMED')
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of untilCut(source)) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge()
    room?.take(chunk.byteLength)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

/** A client that disconnects midway sent no request; that is not our fault. */
async function* untilCut(source: BodySource): AsyncGenerator<Uint8Array> {
  // A body that is given up midway still gets its answer on this connection.
  const chunks = source.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array, undefined>
  const end = performance.now() + wholeMs
  try {
    for (;;) {
      const read = chunks.next().catch(() => {
        throw problem('REQUEST_MALFORMED')
      })
      const { done, value } = await within(read, Math.min(silenceMs, end - performance.now()), tooSlow)
      if (done === true) return
      yield value
    }
  } finally {
    // Its listeners would keep the rest from being drained. Not awaited: it waits for a chunk that may never come.
    chunks.return?.().catch(() => undefined)
  }
}

const tooSlow = () => problem('REQUEST_TOO_SLOW')

/** No body is read as an empty object, so that the schema reports what is missing. */
export function parseJsonBody(bytes: Uint8Array, contentType: string | undefined): unknown {
  if (bytes.byteLength === 0) return {}
  if (contentType === undefined || !/^application\/json *(;|$)/i.test(contentType)) throw problem('REQUEST_MALFORMED')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
  } catch {
    // V8 quotes the text in its message, so the error itself must not leave this function (S22).
    throw problem('REQUEST_MALFORMED')
  }
}
