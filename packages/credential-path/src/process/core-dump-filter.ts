/**
 * Keeps the memory of this process out of core dumps (S25). A limit of size does not hold where the kernel hands them to a program, as
 * systemd-coredump, apport or abrt have it, and each of these writes them to a disk; and not every process with a password is a unit's.
 */
import { writeFileSync } from 'node:fs'

/** Of no mapping; what this process starts begins with the same. */
export function keepMemoryOutOfCores(file = '/proc/self/coredump_filter'): void {
  try {
    writeFileSync(file, '0')
  } catch {
    // A kernel that makes no core dumps has no such file.
  }
}
