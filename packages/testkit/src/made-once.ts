/**
 * What several files of tests need and one of them makes: a folder of the whole run, named by FAIRLEAD_TEST_SHARED (`npm test` does). A file
 * that is run without it has one of its own.
 */
import { join } from 'node:path'
import { keptFolder } from './kept-folder.ts'
import { newFolder } from './run-folder.ts'

let own: string | undefined

function sharedFolder(): string {
  return process.env['FAIRLEAD_TEST_SHARED'] ?? (own ??= newFolder('shared'))
}

/** The folder that `make` filled, now or for an earlier caller; who comes meanwhile waits. */
export const madeOnce = (name: string, make: (folder: string) => Promise<void>): Promise<string> =>
  keptFolder(join(sharedFolder(), name), make)
