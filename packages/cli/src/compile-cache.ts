/**
 * Half of a start is reading code; what was read is kept in the user's own cache folder. Never in the shared temporary
 * folder, where another user could lay something to run: the folder must be this very user's.
 */
import { lstatSync, mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

export function keepCompiledCode(): void {
  const home = homedir()
  if (!isOwn(home)) return
  const folder = join(process.env['XDG_CACHE_HOME'] || join(home, '.cache'), 'fairlead', 'compiled')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch {
    // A home that cannot be written to only makes the start slower.
    return
  }
  if (isOwn(folder)) enableCompileCache(folder)
}

function isOwn(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (!found?.isDirectory()) return false
  return found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}
