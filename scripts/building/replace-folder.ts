/** Refills a folder: the old content stays until the new one is complete, so that a failed build leaves the last one. */
import { mkdir, mkdtempDisposable, readdir, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

type Fill = (fresh: string) => Promise<void>

export const replaceFolder = (folder: string, fill: Fill): Promise<void> => fillNextTo(folder, fill, swap)

/** What the folder has besides stays. */
export const replaceEntries = (folder: string, fill: Fill): Promise<void> =>
  fillNextTo(folder, fill, async (there, fresh, former) => {
    for (const place of [there, former]) await mkdir(place, { recursive: true })
    for (const name of await readdir(fresh)) await swap(join(there, name), join(fresh, name), join(former, name))
  })

type Swap = (there: string, fresh: string, former: string) => Promise<void>

async function fillNextTo(folder: string, fill: Fill, swapIn: Swap): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
  // A rename does not cross file systems.
  await using work = await mkdtempDisposable(join(dirname(folder), `.${basename(folder)}-`))
  const [fresh, former] = [join(work.path, 'fresh'), join(work.path, 'former')]
  await mkdir(fresh)
  await fill(fresh)
  await swapIn(folder, fresh, former)
}

async function swap(there: string, fresh: string, former: string): Promise<void> {
  await rename(there, former).catch(ifMissing)
  await rename(fresh, there)
}

function ifMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}
