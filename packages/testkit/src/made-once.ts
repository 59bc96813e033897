/**
 * Several test files need it and one of them makes it: a folder for the whole run, named by FAIRLEAD_TEST_SHARED (`npm test` sets it). A file
 * that runs without it has its own.
 */
import { join } from 'node:path'
import { keptFolder } from './kept-folder.ts'
import { newFolder } from './run-folder.ts'

let own: string | undefined

function sharedFolder(): string {
  return process.env['FAIRLEAD_TEST_SHARED'] ?? (own ??= newFolder('shared'))
}

/** The folder that `make` filled, now or for an earlier caller; callers in the meantime wait. */
export const madeOnce = (name: string, make: (folder: string) => Promise<void>): Promise<string> =>
  keptFolder(join(sharedFolder(), name), make)
