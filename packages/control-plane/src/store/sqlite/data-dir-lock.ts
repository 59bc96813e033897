/**
 * One control plane per data directory (R8). The lock is SQLite's own exclusive lock on an empty database: the kernel releases it with the process, so
 * that `kill -9` leaves nothing stale; and nothing is written, so that a full disk does not prevent it.
 */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { problem } from '@fairlead/contract/problems'
import { isBusy, sqliteFault } from './fault.ts'
import { makePrivate } from './make-private.ts'

export function lockDataDir(dataDir: string): Disposable {
  const path = join(dataDir, 'lock.sqlite')
  let lock: DatabaseSync | null = null
  try {
    makePrivate(path)
    lock = new DatabaseSync(path, { timeout: 0 })
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    throw isBusy(error) ? problem('DATA_DIR_IN_USE', { path: dataDir }) : sqliteFault(error, path)
  }
  return lock
}
