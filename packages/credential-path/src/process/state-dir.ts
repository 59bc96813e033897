/** The agent's state folder holds the node's key, proofs and locks, so only its owner may write to it. */
import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs'
import { problem, writeFault } from '@fairlead/contract/problems'
import { makeFolder } from './make-folder.mjs'

/**
 * Creates the folder if it is missing; throws STATE_DIR_NOT_WRITABLE if that fails, and AGENT_STATE_UNREADABLE if another user could have
 * put something into it.
 */
export function openStateDir(path: string): void {
  const stat = refusing(path, () => {
    makeFolder(path)
    return statSync(path)
  })
  if (isOwnFolder(stat, process.getuid?.() ?? 0)) return
  throw problem('AGENT_STATE_UNREADABLE', {
    path,
    reason: "others may write in this folder; it must be of the agent's user or of root, and 0700 or 0755",
  })
}

/** The same, and checks that this user may write there. */
export function requireStateDir(path: string): void {
  openStateDir(path)
  refusing(path, () => accessSync(path, constants.W_OK | constants.X_OK))
}

export const stateDirNotWritable = (path: string, error: unknown) =>
  problem('STATE_DIR_NOT_WRITABLE', { path, reason: writeFault(error) })

function refusing<T>(path: string, use: () => T): T {
  try {
    return use()
  } catch (error) {
    throw stateDirNotWritable(path, error)
  }
}

/** Owned by root or the agent's own user, and writable only by its owner. */
export function isOwnFolder(stat: { uid: number; mode: number }, agentUid: number): boolean {
  return (stat.uid === 0 || stat.uid === agentUid) && (stat.mode & 0o022) === 0
}

/** Creates an empty 0600 file; an existing one is left unchanged. Anyone who could read a lock file could hold the lock. */
export function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
