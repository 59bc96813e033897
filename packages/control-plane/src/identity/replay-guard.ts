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

interface Seen {
  /** Signature to timestamp. A signature covers its session, so one map serves all sessions of a node. */
  readonly timestamps: Map<string, number>
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
    const seen = this.#nodes.get(node) ?? { timestamps: new Map<string, number>(), floor: 0 }
    this.#nodes.set(node, seen)
    const key = Buffer.from(bytes).toString('base64url')
    if (timestamp <= seen.floor || seen.timestamps.has(key)) throw problem('NODE_REQUEST_REPEATED')
    seen.timestamps.set(key, timestamp)
    if (seen.timestamps.size > this.#kept) dropOldestHalf(seen)
  }

  /** Drops entries that `requireSignature` would reject as too old. */
  async forgetExpired(now: number): Promise<void> {
    let looked = 0
    for (const [node, { timestamps, floor }] of this.#nodes) {
      if (++looked % nodesAtOnce === 0) await nextTurn()
      for (const [key, timestamp] of timestamps) if (timestamp < now - clockSkewMs) timestamps.delete(key)
      if (timestamps.size === 0 && floor < now - clockSkewMs) this.#nodes.delete(node)
    }
  }
}

function dropOldestHalf(seen: Seen): void {
  const sorted = [...seen.timestamps.values()].sort((one, other) => one - other)
  seen.floor = Math.max(seen.floor, sorted[sorted.length >> 1] ?? 0)
  for (const [key, timestamp] of seen.timestamps) if (timestamp <= seen.floor) seen.timestamps.delete(key)
}
