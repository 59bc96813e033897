/** A file that only its user can open: others who can open a database could read it, and those who can open its lock could hold it. */
import { chmodSync, closeSync, openSync, statSync } from 'node:fs'

/** Creates an empty one if it is missing. One that is there is not opened: closing it would release the locks of this process. */
export function makePrivate(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) chmodSync(path, 0o600)
  else closeSync(openSync(path, 'a', 0o600))
}
