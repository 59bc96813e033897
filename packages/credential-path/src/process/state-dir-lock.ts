/**
 * One agent per state folder. The lock is SQLite's own exclusive lock on a small database that stays open: the kernel releases it with the
 * process, so `kill -9` leaves nothing stale.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isProblem, problem } from '@fairlead/contract/problems'
import { createPrivate, openStateDir } from './state-dir.ts'

const sqliteBusy = 5

export function lockStateDir(stateDir: string): Disposable {
  openStateDir(stateDir)
  const path = join(stateDir, 'lock.sqlite')
  createPrivate(path)
  const lock = new DatabaseSync(path, { timeout: 0 })
  try {
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (isBusy(error)) throw problem('STATE_DIR_IN_USE', { path: stateDir })
    throw error
  }
  return { [Symbol.dispose]: () => lock.close() }
}

/** Whether an agent is running with this folder now. */
export function isStateDirLocked(stateDir: string): boolean {
  try {
    lockStateDir(stateDir)[Symbol.dispose]()
    return false
  } catch (error) {
    if (isProblem(error, 'STATE_DIR_IN_USE')) return true
    throw error
  }
}

const isBusy = (error: unknown) => error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy
