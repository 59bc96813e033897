/** Takes an Ethernet frame apart, down to the bytes that one TCP segment carries. */

export interface TcpSegment {
  /** From whom to whom: names one direction of one connection. */
  readonly flow: string
  readonly sequence: number
  /** The start of a connection, which takes one sequence number. */
  readonly opens: boolean
  /** The end of a connection, or the refusal of one. */
  readonly resets: boolean
  readonly payload: Buffer
}

const ethernetSize = 14
const tcp = 6
// What stands between an IPv6 header and its content, and says how long it is itself.
const ipv6Options = new Set([0, 43, 60])

/** Null for what is not TCP over IP, a fragment included: its bytes are then searched as they are. */
export function readSegment(frame: Buffer): TcpSegment | null {
  if (frame.length < ethernetSize) return null
  const type = frame.readUInt16BE(12)
  const packet = frame.subarray(ethernetSize)
  const content = type === 0x0800 ? readIpv4(packet) : type === 0x86dd ? readIpv6(packet) : null
  return content === null ? null : readTcp(content)
}

interface IpContent {
  from: string
  to: string
  bytes: Buffer
}

function readIpv4(packet: Buffer): IpContent | null {
  if (packet.length < 20 || packet.readUInt8(0) >> 4 !== 4) return null
  const headerSize = (packet.readUInt8(0) & 0x0f) * 4
  // A segment that the network card was to cut up may say 0.
  const size = packet.readUInt16BE(2) || packet.length
  const isFragment = (packet.readUInt16BE(6) & 0x3fff) !== 0
  if (headerSize < 20 || size < headerSize || size > packet.length || isFragment || packet.readUInt8(9) !== tcp) {
    return null
  }
  const address = (at: number): string => packet.subarray(at, at + 4).join('.')
  return { from: address(12), to: address(16), bytes: packet.subarray(headerSize, size) }
}

function readIpv6(packet: Buffer): IpContent | null {
  if (packet.length < 40 || packet.readUInt8(0) >> 4 !== 6) return null
  const size = packet.readUInt16BE(4) === 0 ? packet.length : 40 + packet.readUInt16BE(4)
  if (size > packet.length) return null
  let at = 40
  let next = packet.readUInt8(6)
  while (ipv6Options.has(next)) {
    if (at + 8 > size) return null
    next = packet.readUInt8(at)
    at += (packet.readUInt8(at + 1) + 1) * 8
  }
  if (next !== tcp || at > size) return null
  const address = (from: number): string => packet.toString('hex', from, from + 16)
  return { from: address(8), to: address(24), bytes: packet.subarray(at, size) }
}

function readTcp({ from, to, bytes }: IpContent): TcpSegment | null {
  if (bytes.length < 20) return null
  const headerSize = (bytes.readUInt8(12) >> 4) * 4
  if (headerSize < 20 || headerSize > bytes.length) return null
  return {
    flow: `${from} port ${bytes.readUInt16BE(0)} to ${to} port ${bytes.readUInt16BE(2)}`,
    sequence: bytes.readUInt32BE(4),
    opens: (bytes.readUInt8(13) & 0x02) !== 0,
    resets: (bytes.readUInt8(13) & 0x04) !== 0,
    payload: bytes.subarray(headerSize),
  }
}
