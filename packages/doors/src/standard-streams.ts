/** Standard input whole, and an answer written to its end. */
import type { DoorAnswer } from './door.ts'

/** A kubelet's request with a pod's token is the longest that comes. */
const inputLimit = 64 * 1024

/** Null where it is too long. */
export async function readStdin(): Promise<string | null> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    size += part.length
    if (size > inputLimit) {
      process.stdin.destroy()
      return null
    }
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Whoever reads may have gone; then there is nobody left to tell. */
export function writeAnswer({ stdout, stderr, status }: DoorAnswer): void {
  process.stdout.on('error', () => process.exit(1))
  process.stderr.on('error', () => process.exit(1))
  process.exitCode = status
  process.stderr.write(stderr)
  process.stdout.write(stdout)
}
