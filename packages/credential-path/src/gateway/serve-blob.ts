/** Sends one blob at the engine's own pace. Headers go out with the registry's first bytes, so that an early failure is still a 404. */
import type { ServerResponse } from 'node:http'
import type { Descriptor } from '../registry/image/pull-ticket.ts'
import type { ByteRange } from './byte-range.ts'

export async function serveBlob(
  response: ServerResponse,
  blob: Descriptor,
  range: ByteRange | null,
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  /** Called with the total so far, before the newest bytes go out. */
  onBytes: (received: number) => void,
): Promise<void> {
  // A range is also served from a whole fetch: only the whole can be verified.
  const { start, end } = range ?? { start: 0, end: blob.size }
  const first = await chunks.next()
  writeBlobHead(response, blob, range)
  let at = 0
  const send = (chunk: Uint8Array): boolean => {
    const part = start <= at && at + chunk.length <= end ? chunk : chunk.subarray(clamp(start - at), clamp(end - at))
    at += chunk.length
    onBytes(at)
    if (part.length === 0) return true
    together(response)
    return response.write(part)
  }
  if (first.done !== true && !send(first.value)) await drained(response)
  for await (const chunk of chunks) if (!send(chunk)) await drained(response)
  response.end()
}

export function writeBlobHead(response: ServerResponse, blob: Descriptor, range: ByteRange | null): void {
  const { start, end } = range ?? { start: 0, end: blob.size }
  response.writeHead(range === null ? 200 : 206, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': end - start,
    'Docker-Content-Digest': blob.digest,
    'Accept-Ranges': 'bytes',
    ...(range !== null && { 'Content-Range': `bytes ${start}-${end - 1}/${blob.size}` }),
  })
}

/** TLS delivers 16 KiB at a time; what arrives in one turn of the event loop is sent in one system call, at half the cost. */
function together(response: ServerResponse): void {
  if (response.writableCorked > 0) return
  response.cork()
  setImmediate(() => response.uncork())
}

const clamp = (offset: number): number => Math.max(offset, 0)

/** Resolves when the engine has taken what was written, or disconnected. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    if (response.destroyed) return resolve()
    response.on('drain', done)
    response.on('close', done)
  })
}
