/**
 * What several files of tests need and one of them makes: a folder of the whole run, named by FAIRLEAD_TEST_SHARED (`npm test` does). A file
 * that is run without it has one of its own.
 */
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { withFileLock } from './file-lock.ts'
import { newFolder } from './run-folder.ts'

let own: string | undefined

function sharedFolder(): string {
  return process.env['FAIRLEAD_TEST_SHARED'] ?? (own ??= newFolder('shared'))
}

/** The folder that `make` filled, now or for an earlier caller; who comes meanwhile waits. */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const place = join(sharedFolder(), name)
  return withFileLock(`${place}.lock`, undefined, async () => {
    if (existsSync(place)) return place
    const fresh = `${place}.making`
    await rm(fresh, { recursive: true, force: true })
    await mkdir(fresh, { mode: 0o700 })
    await make(fresh)
    await rename(fresh, place)
    return place
  })
}
