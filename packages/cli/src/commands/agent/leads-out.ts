/** Whether a path under another root is under it: a link in an image is meant for the image, and leads elsewhere where it is followed here. */
import { realpath } from 'node:fs/promises'
import { dirname, sep } from 'node:path'

/** `path` is `root` or begins with it. What is not there yet is made, and leads nowhere. */
export async function leadsOut(root: string, path: string): Promise<boolean> {
  const real = await realpath(root).catch(() => null)
  if (real === null) return false
  for (let at = path; at.length > root.length; at = dirname(at)) {
    const found = await realpath(at).catch(() => null)
    if (found !== null) return found !== real && !found.startsWith(real.endsWith(sep) ? real : real + sep)
  }
  return false
}
