/**
 * The end of a restore, which any start can finish. The restored state is complete in a folder next to the old one; renaming that folder commits the
 * restore, and the rest can be repeated after a crash at any point: old files aside, then new files in.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { syncFolder } from '../durable-files.ts'
import { stateNames } from './data-dir.ts'

/** Being written; ignored. */
export const stagedName = 'restore.partial'
/** Committed: the old state is next to it. */
const decidedName = 'restore.decided'
/** The old state is set aside: the contents of this folder move out. */
const movingName = 'restore.moving'

/** The point of no return; the staged folder's files are on disk before it. */
export function decideRestore(dataDir: string): void {
  syncFolder(join(dataDir, stagedName))
  renameSync(join(dataDir, stagedName), join(dataDir, decidedName))
  syncFolder(dataDir)
}

/** Called under the data directory's lock. Returns the folder with the old state, if there was one. */
export function finishRestore(dataDir: string): string | null {
  const [decided, moving] = [join(dataDir, decidedName), join(dataDir, movingName)]
  let aside: string | null = null
  if (existsSync(decided)) {
    aside = putAside(dataDir, decided)
    renameSync(decided, moving)
    syncFolder(dataDir)
  }
  if (existsSync(moving)) {
    for (const name of stateNames) {
      if (existsSync(join(moving, name))) renameSync(join(moving, name), join(dataDir, name))
    }
    syncFolder(dataDir)
    rmSync(moving, { recursive: true })
  }
  return aside
}

export function hasState(dataDir: string): boolean {
  if (!existsSync(dataDir)) return false
  const names = readdirSync(dataDir)
  return [...stateNames, decidedName, movingName].some((name) => names.includes(name))
}

/** A database moves after its write-ahead log: without the log it would be an older database. */
function putAside(dataDir: string, decided: string): string | null {
  // Named after the time of the restore: a second try continues in the same folder.
  const aside = join(dataDir, `replaced-${statSync(decided).mtime.toISOString().replaceAll(/[:.]/g, '-')}`)
  const there = stateNames.filter((name) => existsSync(join(dataDir, name)))
  if (there.length === 0) return existsSync(aside) ? aside : null
  mkdirSync(aside, { recursive: true, mode: 0o700 })
  for (const name of there) renameSync(join(dataDir, name), join(aside, name))
  syncFolder(aside)
  syncFolder(dataDir)
  return aside
}
