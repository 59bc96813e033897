/** Decides whether a pull record continues its node's chain: each contains the hash of the previous one, and a number one higher. */
import { createHash } from 'node:crypto'
import { canonicalJson, chainStart, type ChainState, type PullRecord } from '@fairlead/contract/wire'

export interface ChainEnd {
  readonly sequence: number
  readonly hash: string
}

export const chainBegin: ChainEnd = { sequence: 0, hash: chainStart }

/** `altered`: the hash does not match the record. `fork`: its place is taken, or it follows another record. `gap`: records are missing. */
export function judgeLink(end: ChainEnd, record: PullRecord): ChainState {
  if (!hasItsHash(record)) return 'altered'
  if (record.sequence <= end.sequence) return 'fork'
  if (record.sequence > end.sequence + 1) return 'gap'
  return record.previous_hash === end.hash ? 'intact' : 'fork'
}

/** Text without a canonical form (a lone surrogate) has no hash either: none of our agents wrote it. */
export function hasItsHash(record: PullRecord): boolean {
  try {
    return recordHash(record) === record.hash
  } catch {
    return false
  }
}

/** SHA-256 of the RFC 8785 JSON of all fields except the hash. */
export function recordHash(record: PullRecord): string {
  const { hash: _, ...rest } = record
  return createHash('sha256').update(canonicalJson(rest)).digest('hex')
}

const severity: readonly ChainState[] = ['intact', 'gap', 'fork', 'altered']

/** Once broken, a chain stays broken. */
export function worseChain(a: ChainState | null, b: ChainState | null): ChainState | null {
  if (a === null || b === null) return a ?? b
  return severity.indexOf(a) >= severity.indexOf(b) ? a : b
}
