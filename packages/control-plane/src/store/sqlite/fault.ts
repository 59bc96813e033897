/** What an error of SQLite means to an operator, without SQLite's text. Its codes: https://sqlite.org/rescode.html */
import { statSync } from 'node:fs'
import { irregularity, problem, writeFault } from '@fairlead/contract/problems'

/** The lowest byte of an extended code. */
const primaryCode = 0xff
const busy = 5
/** One of our tables is missing, the file is malformed, or it is not a database. */
const damaged: ReadonlySet<number> = new Set([1, 11, 26])
/** Shared memory next to the database could not grow. */
const noRoomForSharedMemory = 4874

const reasons: Readonly<Record<number, string>> = {
  [busy]: 'another program has locked it',
  8: 'nothing can be written to it',
  10: 'the disk has a fault',
  13: 'the disk is full',
  14: 'it cannot be opened',
}

/** The problem that an error of SQLite, or of a file that it needs, stands for; any other error as it is. */
export function sqliteFault(error: unknown, path: string): unknown {
  if (damaged.has(codeOf(error) & primaryCode)) {
    return problem('DATABASE_DAMAGED', { path, reason: 'SQLite cannot read it' })
  }
  const reason = diskFault(error)
  return reason === null ? error : problem('DATABASE_UNUSABLE', { path, reason })
}

/** Opening a pipe would wait for its other end without end. */
export function requireRegularFile(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined || stat.isFile()) return
  throw problem('DATABASE_UNUSABLE', { path, reason: irregularity(stat) })
}

/** The same for a file that an admin command writes. */
export function fileFault(error: unknown, path: string): unknown {
  const reason = diskFault(error)
  return reason === null ? error : problem('FILE_UNWRITABLE', { path, reason })
}

/** Why SQLite or the system could not write a file, in words; null for any other error. */
function diskFault(error: unknown): string | null {
  if (error instanceof Error && 'syscall' in error) return writeFault(error)
  const code = codeOf(error)
  return reasons[code === noRoomForSharedMemory ? 13 : code & primaryCode] ?? null
}

export const isBusy = (error: unknown): boolean => (codeOf(error) & primaryCode) === busy

/** Zero is the code of success. */
const codeOf = (error: unknown): number =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0
