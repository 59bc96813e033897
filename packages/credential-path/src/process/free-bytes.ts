/** How much free space a folder's disk has. */
import { statfs } from 'node:fs/promises'

/** Bytes free for users other than root; null if the folder cannot be read. */
export async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return null
  }
}
