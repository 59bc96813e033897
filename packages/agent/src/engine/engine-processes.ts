/**
 * Which processes of this machine are the engine: those that listen on its socket. Node cannot ask a socket for its peer, so the kernel's
 * table of unix sockets says it. A path in that table is whatever was bound, also in a mount namespace of somebody's own: a container can
 * show the same. So a listener counts only if it runs as the user whose socket file it is, on the same root folder as this process.
 */
import { readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'

export interface EngineProcesses {
  /** Who owns the engine's socket; null where there is none to see. */
  readonly uid: number | null
  /** Null where they cannot be seen: this process is not root, or the engine is behind a socket that somebody else passes on. */
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
    const inodes = listeningInodes(await readFile('/proc/net/unix', 'latin1'), sameFileAs(socketPath))
    const pids = inodes.size === 0 ? [] : await listeners(inodes, uid)
    return { uid, pids: pids.length === 0 ? null : pids }
  } catch {
    return { uid, pids: null }
  }
}

/** The inodes of the sockets that listen on a path that `isWanted`, in the text of `/proc/net/unix`. */
export function listeningInodes(table: string, isWanted: (path: string) => boolean): ReadonlySet<string> {
  const found = new Set<string>()
  for (const line of table.split('\n')) {
    // Reference count, protocol, flags (the one bit: it listens), type, state, inode, path.
    const [, inode, path] = /^[0-9a-f]+: [0-9A-F]{8} [0-9A-F]{8} 00010000 0001 01 +(\d+) (\/.*)$/.exec(line) ?? []
    if (inode !== undefined && path !== undefined && isWanted(path)) found.add(inode)
  }
  return found
}

/** `/var/run` and `/run` are one folder. */
function sameFileAs(socketPath: string): (path: string) => boolean {
  const wanted = realpathSync(socketPath)
  const name = wanted.slice(wanted.lastIndexOf('/'))
  return (path) => {
    if (!path.endsWith(name)) return false
    try {
      return realpathSync(path) === wanted
    } catch {
      return false
    }
  }
}

/** Under systemd there may be two: systemd made the socket and keeps it. */
async function listeners(inodes: ReadonlySet<string>, uid: number): Promise<readonly number[]> {
  const root = await stat('/')
  const wanted = new Set([...inodes].map((inode) => `socket:[${inode}]`))
  const found: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || !holds(`/proc/${name}/fd`, wanted)) continue
    // The owner of the folder would be root for any process that may not be dumped.
    const status = await readFile(`/proc/${name}/status`, 'latin1').catch(() => '')
    const own = await stat(`/proc/${name}/root/`).catch(() => null)
    const effectiveUid = /^Uid:\t\d+\t(\d+)\t/m.exec(status)?.[1]
    if (effectiveUid === String(uid) && own?.dev === root.dev && own.ino === root.ino) found.push(Number(name))
  }
  return found
}

function holds(folder: string, wanted: ReadonlySet<string>): boolean {
  try {
    return readdirSync(folder).some((fd) => {
      try {
        return wanted.has(readlinkSync(`${folder}/${fd}`))
      } catch {
        return false
      }
    })
  } catch {
    // Not ours to see, or gone.
    return false
  }
}
