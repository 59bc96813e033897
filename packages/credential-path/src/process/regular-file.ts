/** Reads a file whole, but no pipe and no device, which might never end. */
import { irregularity, isProblem, problem, readFault, tooLarge } from '@fairlead/contract/problems'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

const largest = 4 * 1024 * 1024

/** Throws CONFIG_FILE_UNREADABLE or FILE_TOO_LARGE. */
export async function readRegularFile(path: string): Promise<string> {
  const text = await readIfThere(path)
  if (text !== null) return text
  throw problem('CONFIG_FILE_UNREADABLE', { path, reason: 'there is no such file' })
}

/** Null if there is no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    // To open a pipe would otherwise wait for somebody who writes to it.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = await file.stat()
    if (stat.size > largest) throw problem('FILE_TOO_LARGE', { path, reason: tooLarge(stat.size, largest) })
    if (stat.isFile()) return await file.readFile('utf8')
    throw problem('CONFIG_FILE_UNREADABLE', { path, reason: irregularity(stat) })
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw isProblem(error) ? error : problem('CONFIG_FILE_UNREADABLE', { path, reason: readFault(error) })
  }
}
