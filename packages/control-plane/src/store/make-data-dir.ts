/** Makes the data directory where it is not there yet. What it would be in may be a file, somebody else's, or no place for folders. */
import { existsSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { problem, writeFault } from '@fairlead/contract/problems'
import { stateNames } from './data-dir.ts'

const root = 0

/** Throws FILE_UNWRITABLE, or DATA_DIR_OF_OTHER_USER where it, or what is in it, is not `user`'s. */
export function makeDataDir(dataDir: string, user: number = process.getuid?.() ?? root): void {
  try {
    makeFolder(dataDir)
  } catch (error) {
    throw problem('FILE_UNWRITABLE', { path: dataDir, reason: writeFault(error) })
  }
  if (user === root) return
  // As root it worked, and left files that are root's.
  for (const path of [dataDir, ...stateNames.map((name) => join(dataDir, name))]) {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found !== undefined && found.uid !== user) throw problem('DATA_DIR_OF_OTHER_USER', { path })
  }
}

/** Node's own `recursive` never ends where a file system makes no folders, as that of /proc. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EEXIST' && statSync(path).isDirectory()) return
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error
    makeFolder(dirname(path))
    mkdirSync(path, { mode: 0o700 })
  }
}
