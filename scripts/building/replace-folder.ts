/** Refills a folder: the old content stays until the new one is complete, so that a failed build leaves the last one. */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

export async function replaceFolder(folder: string, fill: (fresh: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
  // Next to it, since a rename does not cross file systems.
  const work = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`))
  const [fresh, former] = [join(work, 'fresh'), join(work, 'former')]
  try {
    await mkdir(fresh)
    await fill(fresh)
    await rename(folder, former).catch(ifMissing)
    await rename(fresh, folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

function ifMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}
