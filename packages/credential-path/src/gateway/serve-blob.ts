/** Sends one blob to the engine at the pace at which it takes it. Headers go out when the registry's first bytes are there, so that a failure is still a 404. */
import type { ServerResponse } from 'node:http'
import type { Descriptor } from '../registry/image/pull-ticket.ts'
import type { ByteRange } from './byte-range.ts'

export async function serveBlob(
  response: ServerResponse,
  blob: Descriptor,
  range: ByteRange | null,
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  /** Called with all bytes so far, before the newest of them go out. */
  onBytes: (received: number) => void,
): Promise<void> {
  // A range is served from a whole fetch as well: only the whole can be verified.
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

/** TLS brings 16 KiB at a time; what comes in one turn of the event loop leaves in one system call, at half the cost. */
function together(response: ServerResponse): void {
  if (response.writableCorked > 0) return
  response.cork()
  setImmediate(() => response.uncork())
}

const clamp = (offset: number): number => Math.max(offset, 0)

/** Until the engine took what was written, or went away. */
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
