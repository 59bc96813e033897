/** The kernel's tables of TCP sockets, `/proc/net/tcp` and `/proc/net/tcp6`, read only to find who owns sockets on loopback. Pure. */
import { endianness } from 'node:os'

export interface Endpoint {
  /** `127.…` or `::1`. */
  readonly address: string
  readonly port: number
}

export interface TcpSocket {
  /** `asked`: the handshake is complete for the client, but the server's program does not know of it yet. */
  readonly state: 'connected' | 'asked' | 'listening' | 'ending'
  readonly uid: number
  /** 0: no process has it, because it was not accepted yet or was closed. The user that the kernel reports then is arbitrary. */
  readonly inode: number
}

const states: Readonly<Record<string, TcpSocket['state']>> = { '01': 'connected', '03': 'asked', '0A': 'listening' }

// Number, both ends, state, queues, timer, retransmits, user, timeout, inode.
const row =
  /^ *\d+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) \S+ \S+ [0-9A-F]+ +(\d+) +\d+ +(\d+)(?: |$)/

/** The sockets whose local end is `own` and whose far end is `far`. */
export function socketsBetween(table: string, own: Endpoint, far: Endpoint): readonly TcpSocket[] {
  const farAddresses = spellings(far.address)
  return spellings(own.address).flatMap((address, index) =>
    rowsOf(table, `${address}:${hex(own.port)} ${farAddresses[index]}:${hex(far.port)}`),
  )
}

/** The sockets listening at this end, including those on all addresses. */
export function listenersAt(table: string, { address, port }: Endpoint): readonly TcpSocket[] {
  const places = spellings(address).flatMap((own) => {
    const any = own.replaceAll(/./g, '0')
    // A dual-stack socket that listens on all addresses also accepts connections to 127.0.0.1.
    return [`${own}:${hex(port)} ${any}:0000`, `${any}:${hex(port)} ${any}:0000`]
  })
  return places.flatMap((place) => rowsOf(table, place)).filter(({ state }) => state === 'listening')
}

function rowsOf(table: string, ends: string): readonly TcpSocket[] {
  const found: TcpSocket[] = []
  const wanted = `: ${ends} `
  for (let at = table.indexOf(wanted); at !== -1; at = table.indexOf(wanted, at + 1)) {
    const end = table.indexOf('\n', at)
    const text = table.slice(table.lastIndexOf('\n', at) + 1, end === -1 ? undefined : end)
    const [, state = '', uid, inode] = row.exec(text) ?? []
    if (uid === undefined || inode === undefined) continue
    found.push({ state: states[state] ?? 'ending', uid: Number(uid), inode: Number(inode) })
  }
  return found
}

const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0')

/** An address as the kernel prints it: in words of the machine's byte order. An IPv4 address may be in either table. */
function spellings(address: string): readonly string[] {
  if (address === '::1') return [`${'0'.repeat(24)}${word([0, 0, 0, 1])}`]
  const text = word(address.split('.').map(Number))
  return [text, `${'0'.repeat(16)}${word([0, 0, 255, 255])}${text}`]
}

function word(bytes: readonly number[]): string {
  const ordered = endianness() === 'LE' ? bytes.toReversed() : bytes
  return ordered.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('')
}
