/** The agent's state folder: the node's key, its proofs and its locks are in it, so that it must be its owner's alone to write. */
import { accessSync, closeSync, constants, mkdirSync, openSync, statSync } from 'node:fs'
import { isProblem, problem } from '@fairlead/contract/problems'

/**
 * Makes the folder where there is none; throws STATE_DIR_NOT_WRITABLE where that cannot be, and AGENT_STATE_UNREADABLE where somebody else
 * could have put something into it.
 */
export function openStateDir(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch {
    throw problem('STATE_DIR_NOT_WRITABLE', { path })
  }
  if (isOwnFolder(statSync(path), process.getuid?.() ?? 0)) return
  throw problem('AGENT_STATE_UNREADABLE', {
    path,
    reason: "others may write in this folder; it must be of the agent's user or of root, and 0700 or 0755",
  })
}

/** The same, and this user may write there. */
export function requireStateDir(path: string): void {
  try {
    openStateDir(path)
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw isProblem(error) ? error : problem('STATE_DIR_NOT_WRITABLE', { path })
  }
}

/** Of root or of the agent's own user, and written by nobody else. */
export function isOwnFolder(stat: { uid: number; mode: number }, agentUid: number): boolean {
  return (stat.uid === 0 || stat.uid === agentUid) && (stat.mode & 0o022) === 0
}

/** Makes an empty 0600 file; one that is there is left alone. Who could read a lock's file could hold the lock. */
export function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
