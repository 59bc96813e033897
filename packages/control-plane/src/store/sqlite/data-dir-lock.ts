/**
 * One control plane per data directory (R8). The lock is SQLite's own exclusive lock on a small database that stays open: the kernel releases it with
 * the process, so that `kill -9` leaves nothing stale.
 */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { problem } from '@fairlead/contract/problems'

const sqliteBusy = 5

export function lockDataDir(dataDir: string): Disposable {
  const lock = new DatabaseSync(join(dataDir, 'lock.sqlite'), { timeout: 0 })
  try {
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) {
      throw problem('DATA_DIR_IN_USE', { path: dataDir })
    }
    throw error
  }
  return { [Symbol.dispose]: () => lock.close() }
}
