/** Reads a request's body, up to a limit that is counted as it comes. */
import { problem } from '@fairlead/contract'

export async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  const tooLarge = () => problem('REQUEST_TOO_LARGE', { limit_bytes: limit })
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge()
  if (request.headers.get('content-encoding') !== null) throw problem('REQUEST_MALFORMED')
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of untilCut(request.body)) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge()
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

/** A client that goes away in the middle sent no request; that is no fault of ours. */
async function* untilCut(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw problem('REQUEST_MALFORMED')
    })
    if (done) return
    yield value
  }
}

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
