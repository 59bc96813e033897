/** The kernel's table of TCP connections, read for one thing: to whom the other end of a loopback connection belongs. */
import { endianness } from 'node:os'

export interface PeerSocket {
  readonly uid: number
  /** Never 0: such a socket was closed by its process and is nobody's any more. */
  readonly inode: number
}

const row = /^ *\d+: [0-9A-F]{8}:[0-9A-F]{4} [0-9A-F]{8}:[0-9A-F]{4} [0-9A-F]{2} \S+ \S+ [0-9A-F]+ +(\d+) +\d+ +(\d+) /

/** The socket that is connected from this port of 127.0.0.1 to that one, in the text of `/proc/net/tcp`; null where there is none. */
export function findPeer(table: string, peerPort: number, ownPort: number): PeerSocket | null {
  const at = table.indexOf(`: ${loopback(peerPort)} ${loopback(ownPort)} `)
  if (at === -1) return null
  const start = table.lastIndexOf('\n', at) + 1
  const end = table.indexOf('\n', at)
  const [, uid, inode] = row.exec(table.slice(start, end === -1 ? undefined : end)) ?? []
  return uid === undefined || inode === undefined || inode === '0' ? null : { uid: Number(uid), inode: Number(inode) }
}

/** The address as the kernel prints it: in the byte order of the machine; the port is always the number itself. */
const address = endianness() === 'LE' ? '0100007F' : '7F000001'
const loopback = (port: number): string => `${address}:${port.toString(16).toUpperCase().padStart(4, '0')}`
