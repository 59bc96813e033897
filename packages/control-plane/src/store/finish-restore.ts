/**
 * The end of a restore, which any start finishes. A restored state lies whole in a folder beside the old one; renaming that folder
 * decides, and what follows can be done again after a crash at any point: old files aside, then new files in.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { stateNames } from './data-dir.ts'

/** Being written; means nothing. */
export const stagedName = 'restore.partial'
/** Decided: what lies beside it is the old state. */
const decidedName = 'restore.decided'
/** The old state is aside: what lies in it moves out. */
const movingName = 'restore.moving'

/** The point of no return; the files of the staged folder are on the disk before. */
export function decideRestore(dataDir: string): void {
  syncFolder(join(dataDir, stagedName))
  renameSync(join(dataDir, stagedName), join(dataDir, decidedName))
  syncFolder(dataDir)
}

/** Called under the lock of the data directory. Gives the folder with the old state, where there was one. */
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

/** A database moves after its write-ahead log: alone, it would be an older one. */
function putAside(dataDir: string, decided: string): string | null {
  // Named for the time of the restore: a second try goes on in the same folder.
  const aside = join(dataDir, `replaced-${statSync(decided).mtime.toISOString().replaceAll(/[:.]/g, '-')}`)
  const there = stateNames.filter((name) => existsSync(join(dataDir, name)))
  if (there.length === 0) return existsSync(aside) ? aside : null
  mkdirSync(aside, { recursive: true, mode: 0o700 })
  for (const name of there) renameSync(join(dataDir, name), join(aside, name))
  syncFolder(aside)
  syncFolder(dataDir)
  return aside
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  fsyncSync(folder)
  closeSync(folder)
}
