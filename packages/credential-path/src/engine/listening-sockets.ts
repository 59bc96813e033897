/**
 * Finds who listens on the engine's socket from the kernel's table of unix sockets. The kernel prints a path as it was bound, so a line
 * break in it creates a row that belongs to no real socket. A row is therefore only a claim: it counts only if no other claim is equally
 * good. Pure.
 */

/** A claim to listen on a path: how many rows of the table name this inode. The kernel itself prints one per socket. */
export interface ListeningClaim {
  readonly inode: string
  readonly rows: number
}

// Reference count, protocol, flags, type, state, inode; and a path if one was bound.
const row = /^[0-9a-f]+: [0-9A-F]{8} [0-9A-F]{8} ([0-9A-F]{8}) ([0-9A-F]{4}) ([0-9A-F]{2}) +(\d+)(?: (.*))?$/
/** For a stream (type 1) that is not connected (state 1), this one flag means that it listens. */
const listens = '00010000 0001 01'

/** Parses the text of `/proc/net/unix`. */
export function listeningClaims(table: string, names: ReadonlySet<string>): readonly ListeningClaim[] {
  const rows = new Map<string, number>()
  const claimed = new Set<string>()
  for (const line of table.split('\n')) {
    const [, flags, type, state, inode, path] = row.exec(line) ?? []
    if (inode === undefined) continue
    rows.set(inode, (rows.get(inode) ?? 0) + 1)
    if (path !== undefined && names.has(path) && `${flags} ${type} ${state}` === listens) claimed.add(inode)
  }
  return [...claimed].map((inode) => ({ inode, rows: rows.get(inode) ?? 0 }))
}

/** A claim, and the processes that hold that socket and could be the engine. */
export interface HeldClaim extends ListeningClaim {
  readonly pids: readonly number[]
}

/**
 * Null if no listener can be seen. A path has only one listening socket, so if such processes hold several, all but one are forged: the
 * real one is named once and belongs to no other family (`others`). If that does not leave exactly one, there is no engine, rather than one
 * that a stranger named.
 */
export function whoListens(claims: readonly HeldClaim[], others: ReadonlySet<string>): readonly number[] | null {
  const held = claims.filter(({ pids }) => pids.length > 0)
  if (held.length === 0) return null
  const [only, another] = held.length === 1 ? held : held.filter(({ inode, rows }) => rows === 1 && !others.has(inode))
  return only === undefined || another !== undefined ? [] : only.pids
}

/** The tables of the other families; users cannot choose anything in them. */
export const otherTables = [
  'tcp',
  'tcp6',
  'udp',
  'udp6',
  'udplite',
  'udplite6',
  'raw',
  'raw6',
  'icmp',
  'icmp6',
  'netlink',
  'packet',
] as const

/** The inodes in one of these tables: the tenth column if it lists addresses, otherwise the last. */
export function inodesIn(table: string): readonly string[] {
  const [header = '', ...rows] = table.split('\n')
  const place = header.includes('local_address') ? 9 : -1
  return rows.flatMap((text) => text.trim().split(/ +/).at(place) ?? []).filter((inode) => /^[1-9]\d*$/.test(inode))
}
