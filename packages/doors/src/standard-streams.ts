/** Reads all of standard input, and writes an answer completely. */
import type { Readable } from 'node:stream'
import type { DoorAnswer } from './door.ts'

/** The longest input is a kubelet's request with a pod's token. */
const inputLimit = 64 * 1024

/** Null if it is too long. */
export async function readStdin(stdin: Readable = process.stdin): Promise<string | null> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of stdin as AsyncIterable<Buffer>) {
    size += part.length
    if (size > inputLimit) {
      stdin.destroy()
      return null
    }
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** The reader may be gone; then there is nobody to answer. */
export function writeAnswer({ stdout, stderr, status }: DoorAnswer): void {
  process.stdout.on('error', () => process.exit(1))
  process.stderr.on('error', () => process.exit(1))
  process.exitCode = status
  process.stderr.write(stderr)
  process.stdout.write(stdout)
}
