/** Reads a request's body, up to a limit that is counted as it comes, and within a time. */
import { problem } from '@fairlead/contract/problems'
import type { Room } from './unverified-bytes.ts'
import { within } from './within.ts'

/** A body of which nothing comes for so long does not come, */
const silenceMs = 5_000
/** nor does one that is not whole by then. */
const wholeMs = 30_000

/** `room`: where its bytes are counted, while nobody knows who sent it. */
export async function readBody(request: Request, limit: number, room: Room | null): Promise<Uint8Array> {
  const tooLarge = () => problem('REQUEST_TOO_LARGE', { limit_bytes: limit })
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge()
  if (request.headers.get('content-encoding') !== null) throw problem('REQUEST_MALFORMED')
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of untilCut(request.body)) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge()
    room?.take(chunk.byteLength)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

/** A client that goes away in the middle sent no request; that is no fault of ours. */
async function* untilCut(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  const end = performance.now() + wholeMs
  for (;;) {
    const read = reader.read().catch(() => {
      throw problem('REQUEST_MALFORMED')
    })
    const { done, value } = await within(read, Math.min(silenceMs, end - performance.now()), tooSlow)
    if (done) return
    yield value
  }
}

const tooSlow = () => problem('REQUEST_TOO_SLOW')

/** No body reads as an empty object, for the schema to say what is missing. */
export function parseJsonBody(bytes: Uint8Array, contentType: string | undefined): unknown {
  if (bytes.byteLength === 0) return {}
  if (contentType === undefined || !/^application\/json *(;|$)/i.test(contentType)) throw problem('REQUEST_MALFORMED')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
  } catch {
    // V8 quotes the text in its message, so that the error itself stops here (S22).
    throw problem('REQUEST_MALFORMED')
  }
}
