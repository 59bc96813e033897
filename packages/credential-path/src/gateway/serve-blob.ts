/** Answers GET or HEAD for one blob, at the engine's own pace. Headers go out with the first bytes, so that an early failure is still a 404. */
import type { ServerResponse } from 'node:http'
import type { ByteRange, Descriptor } from '../registry/image/pull-ticket.ts'

export async function serveBlob(
  response: ServerResponse,
  blob: Descriptor,
  range: ByteRange | null,
  /** The bytes of the range, or of the whole, until the engine hangs up. */
  read: (hungUp: AbortSignal) => AsyncGenerator<Uint8Array, void, undefined>,
  /** Called before the last bytes go out. */
  onLast: () => void = () => undefined,
): Promise<void> {
  if (response.req.method === 'HEAD') {
    writeHead(response, blob, range)
    response.end()
    return
  }
  // Its close is not announced again.
  if (response.destroyed) return
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const chunks = read(gone.signal)
  const first = await chunks.next()
  let left = writeHead(response, blob, range)
  const send = (chunk: Uint8Array): boolean => {
    left -= chunk.length
    if (left === 0) onLast()
    together(response)
    return response.write(chunk)
  }
  if (first.done !== true && !send(first.value)) await drained(response)
  for await (const chunk of chunks) if (!send(chunk)) await drained(response)
  response.end()
}

/** Returns how many bytes follow. */
function writeHead(response: ServerResponse, blob: Descriptor, range: ByteRange | null): number {
  const { start, end } = range ?? { start: 0, end: blob.size }
  response.writeHead(range === null ? 200 : 206, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': end - start,
    'Docker-Content-Digest': blob.digest,
    'Accept-Ranges': 'bytes',
    ...(range !== null && { 'Content-Range': `bytes ${start}-${end - 1}/${blob.size}` }),
  })
  return end - start
}

/** TLS delivers 16 KiB at a time; what arrives in one turn of the event loop is sent in one system call, at half the cost. */
function together(response: ServerResponse): void {
  if (response.writableCorked > 0) return
  response.cork()
  setImmediate(() => response.uncork())
}

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
