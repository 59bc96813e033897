/** Why a file could not be read or written, in words, from the system's error code. */

export const readFault = (error: unknown): string => reasonOf(error, readReasons) ?? 'it cannot be opened'

export const writeFault = (error: unknown): string => reasonOf(error, writeReasons) ?? 'it cannot be made'

const eitherWay = {
  EISDIR: 'it is a folder',
  ERR_FS_EISDIR: 'it is a folder',
  ENOTDIR: 'what should be its folder is a file',
  ELOOP: 'it is a link to itself',
  ENAMETOOLONG: 'its name is too long',
  EIO: 'the disk has a fault',
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
}

type Reasons = Readonly<Record<string, string>>

function reasonOf(error: unknown, reasons: Reasons): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null
  const known = Object.hasOwn(reasons, error.code) ? reasons[error.code] : undefined
  return known ?? error.code
}
