/** One agent per state folder. */
import { join } from 'node:path'
import { isProblem, problem } from '@fairlead/contract/problems'
import { ExclusiveLock } from './exclusive-lock.ts'
import { requireStateDir } from './state-dir.ts'

/** Throws STATE_DIR_IN_USE, STATE_DIR_NOT_WRITABLE or AGENT_STATE_UNREADABLE. */
export function lockStateDir(stateDir: string): Disposable {
  requireStateDir(stateDir)
  const lock = new ExclusiveLock(join(stateDir, 'lock.sqlite'))
  try {
    if (lock.take()) return lock
    throw problem('STATE_DIR_IN_USE', { path: stateDir })
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
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
