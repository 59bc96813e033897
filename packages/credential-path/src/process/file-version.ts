/** Notices that a file was changed or replaced, without reading it. */
import { statSync } from 'node:fs'

/** Changes with content, owner or mode; taken before a file is read, so that a change in between is noticed the next time. */
export function fileVersion(path: string): string {
  try {
    const { ino, ctimeNs, size } = statSync(path, { bigint: true })
    return `${ino}.${ctimeNs}.${size}`
  } catch {
    return 'unreadable'
  }
}
