/** What is still there after a power failure: a whole file or nothing of it, and the names in a folder. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Under another name first, and on disk before it is renamed. */
export function writeFileDurably(path: string, text: string, mode: number): void {
  const partial = `${path}.partial`
  const file = openSync(partial, 'w', mode)
  writeSync(file, text)
  fsyncSync(file)
  closeSync(file)
  renameSync(partial, path)
  syncFolder(dirname(path))
}

export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  fsyncSync(folder)
  closeSync(folder)
}
