/**
 * One control plane per data directory (R8). The lock is SQLite's own exclusive lock on an empty database: the kernel releases it with the process, so
 * that `kill -9` leaves nothing stale; and nothing is written, so that a full disk does not prevent it.
 */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { isProblem, problem } from '@fairlead/contract/problems'
import { isBusy, sqliteFault } from './fault.ts'
import { makePrivate } from './make-private.ts'

const notEmpty = 'it is a lock without content, and something wrote into it; remove it'

export function lockDataDir(dataDir: string): Disposable {
  const path = join(dataDir, 'lock.sqlite')
  let lock: DatabaseSync | null = null
  try {
    makePrivate(path)
    lock = new DatabaseSync(path, { timeout: 0 })
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    if (isBusy(error)) throw problem('DATA_DIR_IN_USE', { path: dataDir })
    const fault = sqliteFault(error, path)
    // Restoring a backup, as for a database, would lose what came after it.
    throw isProblem(fault, 'DATABASE_DAMAGED') ? problem('FILE_UNUSABLE', { path, reason: notEmpty }) : fault
  }
  return lock
}
