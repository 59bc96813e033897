/** Writes a small file so that a reader, or a crash, sees either the old content or the new, and nothing in between; 0600. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

export async function writeFileAtomically(path: string, content: string): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomUUID()}.draft`
  try {
    await using file = await open(draft, 'wx', 0o600)
    await file.writeFile(content)
    await file.sync()
  } catch (error) {
    await rm(draft, { force: true }).catch(() => 'what failed first is the reason')
    throw error
  }
  await rename(draft, path)
  // The rename itself survives a power cut only once the folder has been synced.
  await using handle = await open(folder, 'r')
  await handle.sync()
}
