/** A file that only its user can open: others who can open a database could read it, and those who can open its lock could hold it. */
import { chmodSync, closeSync, openSync, statSync } from 'node:fs'

/** Creates an empty file if there is none. Does not open an existing one: closing it would release the locks of this process. */
export function makePrivate(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) chmodSync(path, 0o600)
  else closeSync(openSync(path, 'a', 0o600))
}
