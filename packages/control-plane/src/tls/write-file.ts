/** Writes a whole file or nothing: under another name first, and on disk before it is renamed. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export function writeFileDurably(path: string, text: string, mode: number): void {
  const partial = `${path}.partial`
  const file = openSync(partial, 'w', mode)
  writeSync(file, text)
  fsyncSync(file)
  closeSync(file)
  renameSync(partial, path)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}
