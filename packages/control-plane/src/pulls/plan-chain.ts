/** Judges whether a pull record continues its node's chain: each names the hash of the one before, and counts on by one. */
import { createHash } from 'node:crypto'
import { canonicalJson, chainStart, type PullRecord } from '@fairlead/contract/wire'
import type { ChainState } from '../store/records.ts'

export interface ChainEnd {
  readonly sequence: number
  readonly hash: string
}

export const chainBegin: ChainEnd = { sequence: 0, hash: chainStart }

/** `altered`: the hash is not that of the record. `fork`: its place is taken, or another record precedes it. `gap`: records are missing. */
export function judgeLink(end: ChainEnd, record: PullRecord): ChainState {
  if (!hasItsHash(record)) return 'altered'
  if (record.sequence <= end.sequence) return 'fork'
  if (record.sequence > end.sequence + 1) return 'gap'
  return record.previous_hash === end.hash ? 'intact' : 'fork'
}

/** Text that has no canonical form (a lone surrogate) has no hash either: no agent of ours wrote it. */
export function hasItsHash(record: PullRecord): boolean {
  try {
    return recordHash(record) === record.hash
  } catch {
    return false
  }
}

/** SHA-256 of the RFC 8785 JSON of all fields but the hash. */
export function recordHash(record: PullRecord): string {
  const { hash: _, ...rest } = record
  return createHash('sha256').update(canonicalJson(rest)).digest('hex')
}

const severity: readonly ChainState[] = ['intact', 'gap', 'fork', 'altered']

/** A chain that was broken once stays broken. */
export function worseChain(a: ChainState | null, b: ChainState | null): ChainState | null {
  if (a === null || b === null) return a ?? b
  return severity.indexOf(a) >= severity.indexOf(b) ? a : b
}
