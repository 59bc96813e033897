/**
 * Creates a folder, and those above it that are missing. Node's own recursive `mkdir` never returns below /proc, where none can be made. Plain
 * JavaScript, since a start uses it before the type stripper is there.
 */
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Gives each folder that it creates this mode, whatever the umask; an existing folder keeps its own.
 * @param {string} path
 */
export function makeFolder(path, mode = 0o700) {
  if (isFolder(path)) return
  if (!existsSync(dirname(path))) makeFolder(dirname(path), mode)
  try {
    mkdirSync(path, { mode })
    chmodSync(path, mode)
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isFolder(path)) throw error
  }
}

/** @param {string} path */
const isFolder = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
