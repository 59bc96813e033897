/**
 * Finds which processes on this machine are the engine: those that listen on its socket. Node cannot ask a socket for its peer, so we read
 * the kernel's table of unix sockets. A path in that table is whatever was bound, in any mount namespace, so a container can show the same
 * path. A listener therefore counts only if it runs as the owner of the socket file and has the same root folder as this process. Paths
 * chosen by others are never followed, since they may lead to a file system that does not respond.
 */
import { readdirSync } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { holdsSocket, linkAt } from '../process/held-socket.ts'
import { inodesIn, listeningClaims, otherTables, whoListens } from './listening-sockets.ts'

export interface EngineProcesses {
  /** The owner of the engine's socket; null if there is no socket to see. */
  readonly uid: number | null
  /**
   * Null if they cannot be seen: this process is not root, or another process forwards the engine's socket. Empty if someone forged their
   * identity.
   */
  readonly pids: readonly number[] | null
}

export async function findEngineProcesses(socketPath: string): Promise<EngineProcesses> {
  let uid: number
  try {
    ;({ uid } = await stat(socketPath))
  } catch {
    return { uid: null, pids: null }
  }
  try {
    const claims = listeningClaims(await readFile('/proc/net/unix', 'latin1'), await namesOf(socketPath))
    const held = await Promise.all(claims.map(async (claim) => ({ ...claim, pids: await holders(claim.inode, uid) })))
    const others = held.length > 1 ? await socketsOfOtherFamilies() : []
    return { uid, pids: whoListens(held, new Set(others)) }
  } catch {
    return { uid, pids: null }
  }
}

/** An engine of two processes. Null: whoever may be the one is not known to be allowed what the other is. */
export function bothOf(one: EngineProcesses, other: EngineProcesses): EngineProcesses | null {
  if (one.uid === null || one.uid !== other.uid) return null
  if (one.pids === null || other.pids === null) return one.pids === other.pids ? one : null
  // None: someone forged their identity.
  return one.pids.length === 0 || other.pids.length === 0 ? null : { uid: one.uid, pids: [...one.pids, ...other.pids] }
}

/** The paths the engine may have bound: this name, its target, and both names of the folder that has two on any Linux. */
async function namesOf(socketPath: string): Promise<ReadonlySet<string>> {
  const names = [socketPath, await realpath(socketPath)]
  if ((await realpath('/var/run').catch(() => null)) !== '/run') return new Set(names)
  return new Set(
    names.flatMap((name) => [name, name.replace(/^\/var\/run\//, '/run/'), name.replace(/^\/run\//, '/var/run/')]),
  )
}

async function socketsOfOtherFamilies(): Promise<readonly string[]> {
  const tables = otherTables.map((name) => readFile(`/proc/net/${name}`, 'latin1').catch(() => ''))
  return (await Promise.all(tables)).flatMap(inodesIn)
}

/** Under systemd there may be two: systemd creates the socket and keeps it. */
async function holders(inode: string, uid: number): Promise<readonly number[]> {
  const ownRoot = await rootOf('self')
  const ownNetwork = linkAt('/proc/self/ns/net')
  const found: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || !holdsSocket(`/proc/${name}`, inode)) continue
    // The table covers this network namespace: a socket held by a process in another one appears here only if its row is forged.
    if (linkAt(`/proc/${name}/ns/net`) !== ownNetwork) continue
    // The owner of the folder would be root for any process that is not dumpable.
    const status = await readFile(`/proc/${name}/status`, 'latin1').catch(() => '')
    const effectiveUid = /^Uid:\t\d+\t(\d+)\t/m.exec(status)?.[1]
    if (effectiveUid === String(uid) && ownRoot !== null && (await rootOf(name)) === ownRoot) found.push(Number(name))
  }
  return found
}

/** Device and inode of a process's root folder, as the kernel reports them: a stat of the folder could hang on a remote server. */
async function rootOf(process: string): Promise<string | null> {
  const mounts = await readFile(`/proc/${process}/mountinfo`, 'latin1').catch(() => '')
  const roots = [...mounts.matchAll(/^\d+ \d+ (\d+:\d+ \S+) \/ /gm)]
  return roots.at(-1)?.[1] ?? null
}
