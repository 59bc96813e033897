/** A folder that is filled once and kept: it is invisible until it is complete, and concurrent callers wait. */
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { withFileLock } from './file-lock.ts'

/** Returns `place`, which `fill` filled now or for an earlier caller. */
export async function keptFolder(place: string, fill: (draft: string) => Promise<void>): Promise<string> {
  if (existsSync(place)) return place
  await mkdir(dirname(place), { recursive: true })
  return withFileLock(`${place}.lock`, async () => {
    if (existsSync(place)) return place // another process filled it while this one waited
    const draft = join(dirname(place), `.making-${basename(place)}`)
    // Left by a killed process; only the holder of the lock removes it.
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { mode: 0o700 })
    try {
      await fill(draft)
      await rename(draft, place)
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
    return place
  })
}
