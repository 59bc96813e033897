/** How much room a folder's disk has. */
import { statfs } from 'node:fs/promises'

/** Bytes that are free for others than root; null where the folder cannot be seen. */
export async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return null
  }
}
