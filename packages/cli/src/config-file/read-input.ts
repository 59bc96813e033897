/** Reads a file or standard input (`-`), never more than a limit. */
import { problem, readFault, tooLarge } from '@fairlead/contract/problems'
import { untilAborted } from '@fairlead/credential-path/process/until-aborted'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CliContext } from '../context.ts'

/** More than any config or secret holds. */
export const largestConfig = 256 * 1024

export async function readInput(context: CliContext, path: string, limit: number): Promise<Uint8Array> {
  if (path === '-') return context.stdin.read(limit)
  if (path === '') throw problem('USAGE', { reason: 'the name of the file is empty; is a variable not set?' })
  // A pipe that nobody writes to is opened only once somebody does.
  return untilAborted(readFile(resolve(context.cwd, path), path, limit), context.signal)
}

async function readFile(place: string, path: string, limit: number): Promise<Uint8Array> {
  let whole: number | null = null
  try {
    await using file = await open(place, 'r')
    const stat = await file.stat()
    if (stat.isFile()) whole = stat.size
    const buffer = Buffer.alloc(limit + 1)
    let size = 0
    while (size < buffer.length) {
      const { bytesRead } = await file.read(buffer, size, buffer.length - size, null)
      if (bytesRead === 0) return buffer.subarray(0, size)
      size += bytesRead
    }
  } catch (error) {
    throw problem('CONFIG_FILE_UNREADABLE', { path, reason: readFault(error) })
  }
  throw problem('FILE_TOO_LARGE', { path, reason: tooLarge(whole, limit) })
}
