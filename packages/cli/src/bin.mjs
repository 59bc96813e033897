#!/usr/bin/env node
/**
 * Entry of the `fairlead` command. Half of a start is reading code, so what was read once is kept as bytecode. This file alone
 * is plain JavaScript: with it, a start that finds all else compiled need not load the type stripper either (91 ms became 48).
 *
 * The bytecode lies in the user's own cache folder, never in the shared temporary folder, where another user could lay
 * something to run.
 */
import { lstatSync, mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

keepCompiledCode(join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'fairlead', 'compiled'))

await import('./bin.ts')

/** @param {string} folder */
function keepCompiledCode(folder) {
  if (!isOwn(homedir())) return
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch {
    // A home that cannot be written to only makes the start slower.
    return
  }
  if (isOwn(folder)) enableCompileCache(folder)
}

/** @param {string} folder */
function isOwn(folder) {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}
