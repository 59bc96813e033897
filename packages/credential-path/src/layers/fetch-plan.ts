/** Which part of a blob a connection fetches next, and over how many connections at once. Pure. */
import type { ByteRange } from '../registry/image/pull-ticket.ts'

const mebibyte = 1024 * 1024

/** A smaller blob is there before a second connection would help. */
const leastToSplit = 16 * mebibyte
/** Every piece costs a request and often a redirect; small ones at the end let all connections finish together. */
const smallestPiece = 4 * mebibyte
/** The first connection delivers what engines unpack meanwhile: with others beside it, its piece must not keep them waiting. */
const largestPiece = (width: number): number => Math.max(16, Math.ceil(64 / width)) * mebibyte

/** To one registry, over all blobs. Measured for slow ones: eight are three times as fast as Docker’s three (ADR 52). */
export const mostConnections = 8

/** More than an engine unpacks in that time; every further connection costs CPU. */
const enoughBytesPerSecond = 128 * mebibyte

/** What comes over several connections comes out of order, so one more has to bring this part of what it can. */
const leastGain = 0.4

/** What was seen of one connection. */
export interface Sight {
  readonly bytesPerSecond: number
  /** The part of that time in which this process had something to do, from 0 to 1. */
  readonly busy: number
}

/** The latest sight of a registry's connections, beside what they were before. */
export interface Seen extends Sight {
  /** Bytes per second of the fastest since there was only one. */
  readonly fastest: number
  /** How many there were, lately. */
  readonly open: number
}

/**
 * How many connections help. Where it is this process that is slow, a further one only takes more of the processor; and if several each bring less
 * than one did, they share it.
 */
export const helpfulConnections = (seen: Seen): number => {
  const { bytesPerSecond, fastest, open, busy } = seen
  const wanted = Math.ceil(enoughBytesPerSecond / fastest - leastGain)
  const bearable = isSaturated(seen) ? Math.ceil((open * bytesPerSecond) / fastest) : Math.round(open / busy)
  return Math.min(Math.max(Math.min(wanted, bearable), 1), mostConnections)
}

/** Whether connections only share what this process can take. */
export const isSaturated = ({ busy }: Sight): boolean => busy > 0.8

/** What a registry does with a Range: unknown until it has answered one. */
export type Ranges = 'unknown' | 'served' | 'ignored'

export interface Situation {
  readonly size: number
  /** Neither received nor being fetched: in order, without overlap. */
  readonly missing: readonly ByteRange[]
  /** Connections that fetch other pieces of this blob. */
  readonly others: number
  /** How many connections there will be. */
  readonly width: number
  readonly ranges: Ranges
}

/** The first of what is missing, so that the part without a gap keeps growing; null if there is nothing to do for one more connection. */
export function nextPiece({ size, missing, others, width, ranges }: Situation): ByteRange | null {
  const [gap] = missing
  if (gap === undefined) return null
  // What such a registry sends begins at the first byte, and ends at the last.
  if (ranges === 'ignored') return others === 0 ? { start: gap.start, end: size } : null
  if (size < leastToSplit) return others === 0 ? gap : null
  // One connection learns whether ranges are served.
  if (ranges === 'unknown' && others > 0) return null
  const bytes = missing.reduce((sum, { start, end }) => sum + end - start, 0)
  const share = Math.min(Math.max(Math.ceil(bytes / (2 * width)), smallestPiece), largestPiece(width))
  const isRest = gap.end - gap.start < share + smallestPiece
  return { start: gap.start, end: isRest ? gap.end : gap.start + share }
}

/** Every blob may have one connection; further ones share what the registry is thought to bear. */
export const mayConnect = (own: number, open: number, width: number): boolean =>
  own === 0 || (own < width && open < width)

/** After a piece: whether its connection may take another. */
export const mayGoOn = (own: number, open: number, width: number): boolean =>
  own === 1 || (own <= width && open <= width)

/** What of 0 to `size` is in none of the spans. */
export function gapsBetween(spans: readonly ByteRange[], size: number): readonly ByteRange[] {
  const gaps: ByteRange[] = []
  let at = 0
  for (const { start, end } of spans.toSorted((one, other) => one.start - other.start)) {
    const until = Math.min(start, size)
    if (until > at) gaps.push({ start: at, end: until })
    at = Math.max(at, end)
  }
  if (at < size) gaps.push({ start: at, end: size })
  return gaps
}

/** The spans with one more: in order, joined where they touch. */
export function withSpan(spans: readonly ByteRange[], added: ByteRange): readonly ByteRange[] {
  const apart = spans.filter(({ start, end }) => end < added.start || start > added.end)
  const joined = spans.filter(({ start, end }) => end >= added.start && start <= added.end)
  const start = Math.min(added.start, ...joined.map((span) => span.start))
  const end = Math.max(added.end, ...joined.map((span) => span.end))
  return [...apart, { start, end }].toSorted((one, other) => one.start - other.start)
}
