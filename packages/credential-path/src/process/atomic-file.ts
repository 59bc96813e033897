/** Writes a small file so that a reader, or a crash, sees either the old content or the new, and nothing in between; 0600. */
import { randomUUID } from 'node:crypto'
import { open, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from './make-folder.mjs'

export interface Draft extends AsyncDisposable {
  /** Makes it the file. */
  publish(content: string): Promise<void>
}

export async function writeFileAtomically(path: string, content: string): Promise<void> {
  await using draft = await openDraft(path)
  await draft.publish(content)
}

/** With room for this many bytes on the disk, so that a full one is known before the content. */
export async function openDraft(path: string, roomBytes = 0): Promise<Draft> {
  const folder = dirname(path)
  makeFolder(folder)
  const draft = `${path}.${randomUUID()}.draft`
  const write = (bytes: Buffer, flag: 'wx' | 'r+') => writeFile(draft, bytes, { flag, mode: 0o600, flush: true })
  const drop = () => rm(draft, { force: true }).catch(() => 'what failed first is the reason')
  try {
    if (roomBytes > 0) await write(Buffer.alloc(roomBytes), 'wx')
  } catch (error) {
    await drop()
    throw error
  }
  return {
    async publish(content) {
      const bytes = Buffer.from(content)
      if (roomBytes > 0) await truncate(draft, bytes.length)
      await write(bytes, roomBytes > 0 ? 'r+' : 'wx')
      await rename(draft, path)
      // The rename itself survives a power cut only once the folder has been synced.
      await using handle = await open(folder, 'r')
      await handle.sync()
    },
    async [Symbol.asyncDispose]() {
      await drop()
    },
  }
}
