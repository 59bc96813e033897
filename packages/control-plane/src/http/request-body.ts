/** Reads a request body, up to a size limit that is checked as bytes arrive, and within a time limit. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { problem } from '@fairlead/contract/problems'
import type { Room } from './unverified-bytes.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A body is given up when nothing arrives for this long, */
const silenceMs = 5_000
/** or when it is not complete by then. */
const wholeMs = 30_000

/** Node's own request: a `Request` around it, with its headers and stream, would cost more than the rest of reading it. */
export interface BodySource extends Pick<Readable, 'on' | 'off' | 'pause' | 'destroyed'> {
  readonly headers: IncomingHttpHeaders
}

/** `room`: counts its bytes while the sender is unknown. By events: an iterator of the stream took twice the processor time. */
export async function readBody(source: BodySource, limit: number, room: Room | null): Promise<Uint8Array> {
  const tooLarge = () => problem('REQUEST_TOO_LARGE', { limit_bytes: limit })
  if (Number(source.headers['content-length'] ?? 0) > limit) throw tooLarge()
  if (source.headers['content-encoding'] !== undefined || source.destroyed) throw problem('REQUEST_MALFORMED')
  const chunks: Uint8Array[] = []
  let size = 0
  const { promise: whole, resolve, reject } = Promise.withResolvers<void>()
  const tooSlow = () => reject(problem('REQUEST_TOO_SLOW'))
  const silence = setTimeout(tooSlow, silenceMs)
  const end = setTimeout(tooSlow, wholeMs)
  const onData = (chunk: Uint8Array) => {
    silence.refresh()
    size += chunk.byteLength
    try {
      if (size > limit) throw tooLarge()
      room?.take(chunk.byteLength)
      chunks.push(chunk)
    } catch (error) {
      // The server drains the rest once the answer is written, within its own limits.
      source.pause()
      reject(error)
    }
  }
  // A client that disconnects midway sent no request; that is not our fault.
  const onCut = () => reject(problem('REQUEST_MALFORMED'))
  const events = { data: onData, end: resolve, error: onCut, aborted: onCut, close: onCut }
  for (const [event, listener] of Object.entries(events)) source.on(event, listener)
  try {
    await whole
  } finally {
    clearTimeout(silence)
    clearTimeout(end)
    for (const [event, listener] of Object.entries(events)) source.off(event, listener)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

/** No body is read as an empty object, so that the schema reports what is missing. */
export function parseJsonBody(bytes: Uint8Array, contentType: string | undefined): unknown {
  if (bytes.byteLength === 0) return {}
  if (contentType === undefined || !/^application\/json[ \t]*(;|$)/i.test(contentType))
    throw problem('REQUEST_MALFORMED')
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown
  } catch {
    // V8 quotes the text in its message, so the error itself must not leave this function (S22).
    throw problem('REQUEST_MALFORMED')
  }
}
