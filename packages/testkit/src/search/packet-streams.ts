/** The TCP streams of a packet capture, each direction as its receiver read it. tshark dissects the packets. */
import { mustRun } from '../command.ts'

export interface PacketStreams {
  readonly packets: number
  readonly streams: readonly TcpStream[]
}

interface TcpStream {
  /** Sender and receiver: one direction of one connection. */
  readonly flow: string
  /** In order; each piece follows the one before it without a gap, unless the stream has gaps. */
  readonly pieces: readonly Buffer[]
  /** How often bytes are missing, including at its beginning: what was not captured was not searched. */
  readonly gaps: number
}

/** What tshark prints for each packet. Sequence numbers are relative: the opening of a stream has 0. */
const fields = [
  'frame.len',
  'frame.cap_len',
  'tcp.stream',
  'ip.src',
  'ipv6.src',
  'tcp.srcport',
  'ip.dst',
  'ipv6.dst',
  'tcp.dstport',
  'tcp.flags',
  'tcp.seq',
  'tcp.seq_raw',
  'tcp.payload',
]
const flag = { opens: 0x02, resets: 0x04 }

/** A truncated packet would hide what it carried, so it is an error; so is a file that ends in the middle of one. */
export async function readStreams(capture: string): Promise<PacketStreams> {
  const relative = ['-o', 'tcp.analyze_sequence_numbers:TRUE', '-o', 'tcp.relative_sequence_numbers:TRUE']
  const shown = ['-T', 'fields', '-E', 'occurrence=f', ...fields.flatMap((name) => ['-e', name])]
  const printed = await mustRun('tshark', ['-n', '-r', capture, ...relative, ...shown])
  const packets = printed.split('\n').slice(0, -1)
  if (packets.length === 0) throw new Error(`tshark found no packet in ${capture}`)
  const directions = new Map<string, Direction>()
  for (const [index, packet] of packets.entries()) {
    const [
      size,
      captured,
      connection,
      ip4,
      ip6,
      port,
      toIp4,
      toIp6,
      toPort,
      flags,
      sequence,
      rawSequence,
      payload = '',
    ] = packet.split('\t')
    if (size !== captured) throw new Error(`packet ${index + 1} was cut from ${size} to ${captured} bytes`)
    if (connection === '') continue
    const flow = `${ip4 || ip6} port ${port} to ${toIp4 || toIp6} port ${toPort}`
    const key = `${connection} ${flow}`
    const direction = directions.get(key) ?? { flow, opened: false, segments: [] }
    const opens = (Number(flags) & flag.opens) !== 0
    const resets = (Number(flags) & flag.resets) !== 0
    // The answer to an opening on a port that nothing listens on (RFC 9293, section 3.5.2): no connection, so nothing of one was missed.
    if (resets && rawSequence === '0' && payload === '' && !directions.has(key)) continue
    direction.opened ||= opens
    direction.segments.push({ at: Number(sequence) + (opens ? 1 : 0), payload: Buffer.from(payload, 'hex') })
    directions.set(key, direction)
  }
  return { packets: packets.length, streams: [...directions.values()].map(joined) }
}

interface Direction {
  readonly flow: string
  /** Whether its opening was captured. */
  opened: boolean
  readonly segments: Segment[]
}

interface Segment {
  readonly at: number
  readonly payload: Buffer
}

/** In whatever order the segments were captured, however often, and wherever they were cut. */
function joined({ flow, opened, segments }: Direction): TcpStream {
  const placed = segments.filter(({ payload }) => payload.length > 0).toSorted((one, other) => one.at - other.at)
  const pieces: Buffer[] = []
  let gaps = opened ? 0 : 1
  let next = opened ? 1 : (placed[0]?.at ?? 0)
  for (const { at, payload } of placed) {
    if (at > next) gaps += 1
    const fresh = payload.subarray(Math.max(0, next - at))
    if (fresh.length === 0) continue
    pieces.push(fresh)
    next = Math.max(at, next) + fresh.length
  }
  return { flow, pieces, gaps }
}
