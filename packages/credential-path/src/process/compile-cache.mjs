/**
 * Keeps compiled code, so that the next start need not parse it again. Plain JavaScript, so that such a start does not need the type
 * stripper. The folder is the user's own, never the shared temporary one, where another user could plant code.
 */
import { lstatSync } from 'node:fs'
import nodeModule from 'node:module'
import { homeFolder, userFolder } from './home-folder.mjs'
import { makeFolder } from './make-folder.mjs'
import { join } from 'node:path'

export function keepCompiledCode() {
  const home = homeFolder()
  if (!isOwn(home)) return
  const folder = join(userFolder(process.env['XDG_CACHE_HOME'], home, '.cache'), 'fairlead', 'compiled')
  try {
    makeFolder(folder)
  } catch {
    // An unwritable home only makes the start slower.
    return
  }
  if (isOwn(folder)) nodeModule.enableCompileCache(folder)
}

/** @param {string} folder */
function isOwn(folder) {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}
