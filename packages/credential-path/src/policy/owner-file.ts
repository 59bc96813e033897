/** Reads a file of the node's owner, such as the policy, if nobody else can have written it: checked through the descriptor it is read from. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { irregularity, readFault, tooLarge } from '@fairlead/contract/problems'

const maxBytes = 1024 * 1024

/** How the reader reports problems with the file. */
export interface OwnerFileFaults {
  readonly unsafe: () => Error
  readonly invalid: (reason: string) => Error
}

/** Null if there is no such file. Throws the errors that the faults create. */
export function readOwnerFile(path: string, { unsafe, invalid }: OwnerFileFaults): string | null {
  const file = open(path, invalid)
  if (file === null) return null
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw invalid(irregularity(stat))
    if (!isSafe(stat, process.getuid?.() ?? 0)) throw unsafe()
    if (stat.size > maxBytes) throw invalid(tooLarge(stat.size, maxBytes))
    return readFrom(file, invalid)
  } finally {
    closeSync(file)
  }
}

/** A file of the kernel, or on a disk with a fault, can be opened all the same. */
function readFrom(file: number, invalid: (reason: string) => Error): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw invalid(readFault(error))
  }
}

/** Owned by root or the agent's own user, and writable only by its owner. */
export function isSafe(stat: { uid: number; mode: number }, ownUid: number): boolean {
  return (stat.uid === 0 || stat.uid === ownUid) && (stat.mode & 0o022) === 0
}

/** A pipe in place of the file must not block the start: it is opened without waiting for a writer. */
function open(path: string, invalid: (reason: string) => Error): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw invalid(readFault(error))
  }
}
