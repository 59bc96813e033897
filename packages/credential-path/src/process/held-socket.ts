/** Whether a process has a socket open, as the links in its folder of /proc say. */
import { readdirSync, readlinkSync } from 'node:fs'

/** `process`: its folder, such as `/proc/1`. False if it is not visible to us, or gone, and its sockets with it. */
export function holdsSocket(process: string, inode: string | number): boolean {
  const folder = `${process}/fd`
  const wanted = `socket:[${inode}]`
  try {
    return readdirSync(folder).some((fd) => linkAt(`${folder}/${fd}`) === wanted)
  } catch {
    return false
  }
}

/** Null if it is not visible to us, or gone. */
export function linkAt(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}
