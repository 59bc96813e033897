/**
 * Keeps the memory of this process out of core dumps (S25). A size limit does not apply if the kernel pipes them to a program, as with
 * systemd-coredump, apport or abrt, each of which writes them to a disk; and not every process that holds a password is a unit's.
 */
import { writeFileSync } from 'node:fs'

/** Dumps no mappings; child processes inherit the setting. */
export function keepMemoryOutOfCores(file = '/proc/self/coredump_filter'): void {
  try {
    writeFileSync(file, '0')
  } catch {
    // A kernel that makes no core dumps has no such file.
  }
}
