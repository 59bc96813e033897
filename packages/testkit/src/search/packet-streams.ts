/**
 * Puts the segments of TCP connections together again, each direction by itself, as its receiver reads it: whatever the
 * order in which they were seen, however often, and wherever they were cut.
 */
import type { TcpSegment } from './packet-segment.ts'

export interface TcpStream {
  readonly flow: string
  /** In order; a piece follows the one before it without a gap, unless the stream has gaps. */
  readonly pieces: readonly Buffer[]
  /** Where bytes are missing, at its beginning included: what was not seen was not searched. */
  readonly gaps: number
}

/** Of segments in the order in which they were captured. */
export function joinStreams(segments: readonly TcpSegment[]): TcpStream[] {
  const current = new Map<string, OpenStream>()
  const all: OpenStream[] = []
  for (const segment of segments) {
    let stream = current.get(segment.flow)
    if (stream === undefined && isRefusal(segment)) continue
    // The same two ports may meet again; a repeated opening is of the same connection.
    if (stream === undefined || (segment.opens && segment.sequence !== stream.opened)) {
      stream = { flow: segment.flow, opened: segment.opens ? segment.sequence : null, segments: [] }
      current.set(segment.flow, stream)
      all.push(stream)
    }
    stream.segments.push(segment)
  }
  return all.map(joinStream)
}

/** The answer to an opening where nobody listens (RFC 9293, section 3.5.2): no connection, so that nothing of one was missed. */
function isRefusal({ resets, sequence, payload }: TcpSegment): boolean {
  return resets && sequence === 0 && payload.length === 0
}

interface OpenStream {
  flow: string
  /** Its first sequence number; null when its opening was not seen. */
  opened: number | null
  segments: TcpSegment[]
}

const wrap = 2 ** 32

function joinStream({ flow, opened, segments }: OpenStream): TcpStream {
  const start = opened ?? segments[0]?.sequence ?? 0
  const placed = segments
    .filter(({ payload }) => payload.length > 0)
    .map(({ sequence, opens, payload }) => ({ at: distance(start, opens ? sequence + 1 : sequence), payload }))
    .toSorted((one, other) => one.at - other.at)
  const pieces: Buffer[] = []
  let gaps = opened === null ? 1 : 0
  // The opening takes the first number.
  let next = opened === null ? (placed[0]?.at ?? 0) : 1
  for (const { at, payload } of placed) {
    if (at > next) gaps += 1
    const fresh = payload.subarray(Math.max(0, next - at))
    if (fresh.length === 0) continue
    pieces.push(fresh)
    next = Math.max(at, next) + fresh.length
  }
  return { flow, pieces, gaps }
}

/** Sequence numbers start over after 2^32: the nearer way round. No capture here is as long as half of that. */
function distance(from: number, to: number): number {
  const ahead = (((to - from) % wrap) + wrap) % wrap
  return ahead < wrap / 2 ? ahead : ahead - wrap
}
