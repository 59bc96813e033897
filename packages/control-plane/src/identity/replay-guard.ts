/**
 * Rejects a repeated signed request. Signatures are kept as long as their timestamps are valid; a node with more of them than fit raises a floor
 * below which none of its timestamps is valid, so that memory is bounded and no replay passes (ADR 20).
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type NodeId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { clockSkewMs, type Signature } from './node-signature.ts'

/** At its busiest a node sends about two requests a second, over twice the clock skew: 1200. */
const keptPerNode = 4096
/** All signatures of a large fleet take tens of milliseconds to look through: requests are answered between the parts. */
const nodesAtOnce = 500

/** What was taken, entry by entry. Two lists of numbers: a full garbage collection looks at each string, and there may be 300,000 signatures. */
interface Seen {
  timestamps: number[]
  /** The first 48 bits of each signature, which covers its session: so one list serves all sessions of a node. */
  beginnings: number[]
  /** Entries dropped because of the limit have at most this timestamp. */
  floor: number
}

export class ReplayGuard {
  readonly #nodes = new Map<NodeId, Seen>()
  readonly #kept: number

  constructor(kept = keptPerNode) {
    this.#kept = kept
  }

  /** Call only with a verified signature: invented ones must not fill the memory. Throws NODE_REQUEST_REPEATED. */
  take(node: NodeId, { bytes, timestamp }: Signature): void {
    const seen = this.#nodes.get(node) ?? { timestamps: [], beginnings: [], floor: 0 }
    this.#nodes.set(node, seen)
    const beginning = Buffer.from(bytes).readUIntBE(0, 6)
    if (timestamp <= seen.floor || seen.beginnings.includes(beginning)) throw problem('NODE_REQUEST_REPEATED')
    seen.timestamps.push(timestamp)
    seen.beginnings.push(beginning)
    if (seen.timestamps.length > this.#kept) dropOldestHalf(seen)
  }

  /** Drops entries that `requireSignature` would reject as too old. */
  async forgetExpired(now: number): Promise<void> {
    let looked = 0
    for (const [node, seen] of this.#nodes) {
      if (++looked % nodesAtOnce === 0) await nextTurn()
      keepFrom(seen, now - clockSkewMs)
      if (seen.timestamps.length === 0 && seen.floor < now - clockSkewMs) this.#nodes.delete(node)
    }
  }
}

function dropOldestHalf(seen: Seen): void {
  const sorted = seen.timestamps.toSorted((one, other) => one - other)
  seen.floor = Math.max(seen.floor, sorted[sorted.length >> 1] ?? 0)
  keepFrom(seen, seen.floor + 1)
}

function keepFrom(seen: Seen, oldest: number): void {
  const { timestamps } = seen
  seen.beginnings = seen.beginnings.filter((_, index) => (timestamps[index] ?? 0) >= oldest)
  seen.timestamps = timestamps.filter((timestamp) => timestamp >= oldest)
}
