/**
 * Parses the output of a container without a terminal: frames with an eight-byte header (stream, 0, 0, 0, length in 32 bits) followed by
 * that many bytes. Each stream is kept up to a limit; the rest is read and dropped.
 */

const maxOutputBytes = 64 * 1024

export interface FramedOutput {
  readonly stdout: string
  readonly stderr: string
  /** Both streams, in order of arrival. */
  readonly both: string
}

type Stream = 'stdout' | 'stderr'

/** A truncated frame ends the output where it is cut. */
export async function readFramedOutput(body: AsyncIterable<Uint8Array>, limit = maxOutputBytes): Promise<FramedOutput> {
  const kept = { stdout: new Kept(limit), stderr: new Kept(limit), both: new Kept(limit) }
  for await (const [stream, bytes] of frames(body)) {
    kept[stream].add(bytes)
    kept.both.add(bytes)
  }
  return { stdout: kept.stdout.text(), stderr: kept.stderr.text(), both: kept.both.text() }
}

async function* frames(body: AsyncIterable<Uint8Array>): AsyncGenerator<[Stream, Uint8Array]> {
  const header = new Uint8Array(8)
  let headerBytes = 0
  let stream: Stream = 'stdout'
  let left = 0
  for await (const chunk of body) {
    let at = 0
    while (at < chunk.length) {
      if (left > 0) {
        const part = chunk.subarray(at, at + left)
        yield [stream, part]
        at += part.length
        left -= part.length
        continue
      }
      header[headerBytes++] = chunk[at++] ?? 0
      if (headerBytes < 8) continue
      headerBytes = 0
      stream = header[0] === 2 ? 'stderr' : 'stdout'
      left = new DataView(header.buffer).getUint32(4)
    }
  }
}

class Kept {
  readonly #limit: number
  readonly #parts: Uint8Array[] = []
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(bytes: Uint8Array): void {
    const part = bytes.slice(0, this.#limit - this.#bytes)
    this.#bytes += part.length
    if (part.length > 0) this.#parts.push(part)
  }

  text(): string {
    return Buffer.concat(this.#parts).toString('utf8')
  }
}
