/** Why a file could not be read, written or used, in words, from the system's error code. */
import { isProblem, problem, type Problem } from './problem.ts'

export const readFault = (error: unknown): string => reasonOf(error, readReasons) ?? 'it cannot be opened'

export const writeFault = (error: unknown): string => reasonOf(error, writeReasons) ?? 'it cannot be made'

/** Of what is there in place of a regular file. */
export const irregularity = (stat: { isDirectory(): boolean }): string =>
  stat.isDirectory() ? 'it is a folder' : 'it is not a regular file'

/** For an error that nothing else explains: the file at which the system failed, or an internal error. Never a word of its message. */
export function problemOf(error: unknown): Problem {
  if (isProblem(error)) return error
  const reason = reasonOf(error, useReasons)
  const isOfFile = error instanceof Error && 'syscall' in error && 'path' in error && typeof error.path === 'string'
  return isOfFile && reason !== null
    ? problem('FILE_UNUSABLE', { path: String(error.path), reason })
    : problem('INTERNAL')
}

const eitherWay = {
  EISDIR: 'it is a folder',
  ERR_FS_EISDIR: 'it is a folder',
  ENOTDIR: 'what should be its folder is a file',
  ELOOP: 'it is a link to itself',
  ENAMETOOLONG: 'its name is too long',
  EIO: 'the disk has a fault',
  EMFILE: 'too many files are open (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
}

const readReasons: Reasons = {
  ...eitherWay,
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
}

const writeReasons: Reasons = {
  ...eitherWay,
  EEXIST: 'something else has that name',
  ENOENT: 'there is no such folder',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'nothing can be written to that disk',
  ENOSPC: 'the disk is full',
  EDQUOT: 'you have used all of your room on the disk',
  EFBIG: 'no file may be so large (ulimit -f)',
}

const useReasons: Reasons = {
  ...writeReasons,
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user may not use it',
  EPERM: 'this user may not use it',
}

type Reasons = Readonly<Record<string, string>>

function reasonOf(error: unknown, reasons: Reasons): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null
  const known = Object.hasOwn(reasons, error.code) ? reasons[error.code] : undefined
  return known ?? error.code
}
