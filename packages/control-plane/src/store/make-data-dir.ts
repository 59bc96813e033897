/** Creates the data directory if it does not exist. Its parent may be a file, belong to another user, or not support folders. */
import { existsSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { problem, writeFault } from '@fairlead/contract/problems'
import { stateNames } from './data-dir.ts'

const root = 0
const writableByOthers = 0o022

/**
 * A folder that exists keeps its mode: others may read the names in it, since every file in it is private. Throws FILE_UNWRITABLE,
 * DATA_DIR_WRITABLE_BY_OTHERS, or DATA_DIR_OF_OTHER_USER if it or anything in it does not belong to `user`.
 */
export function makeDataDir(dataDir: string, user: number = process.getuid?.() ?? root): void {
  try {
    makeFolder(dataDir)
  } catch (error) {
    throw problem('FILE_UNWRITABLE', { path: dataDir, reason: writeFault(error) })
  }
  if ((statSync(dataDir).mode & writableByOthers) !== 0) throw problem('DATA_DIR_WRITABLE_BY_OTHERS', { path: dataDir })
  if (user === root) return
  // As root it would work, and leave files owned by root.
  for (const path of [dataDir, ...stateNames.map((name) => join(dataDir, name))]) {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found !== undefined && found.uid !== user) throw problem('DATA_DIR_OF_OTHER_USER', { path })
  }
}

/** Node's own `recursive` never ends on a file system that cannot create folders, such as /proc. */
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
