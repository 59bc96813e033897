/** Reads a small file whole, but no pipe and no device: one would keep the whole process waiting, the other might never end. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { irregularity, isProblem, problem, readFault, tooLarge } from '@fairlead/contract/problems'

const largest = 4 * 1024 * 1024

/** Throws CONFIG_FILE_UNREADABLE or FILE_TOO_LARGE. */
export function readRegularFile(path: string): string {
  try {
    using file = opened(path)
    const stat = fstatSync(file.descriptor)
    if (stat.size > largest) throw problem('FILE_TOO_LARGE', { path, reason: tooLarge(stat.size, largest) })
    if (stat.isFile()) return readFileSync(file.descriptor, 'utf8')
    throw problem('CONFIG_FILE_UNREADABLE', { path, reason: irregularity(stat) })
  } catch (error) {
    throw isProblem(error) ? error : problem('CONFIG_FILE_UNREADABLE', { path, reason: readFault(error) })
  }
}

function opened(path: string): Disposable & { readonly descriptor: number } {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return { descriptor, [Symbol.dispose]: () => closeSync(descriptor) }
}
