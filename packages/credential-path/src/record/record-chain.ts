/** The hash chain of a node's pull records: each contains the previous record's hash, and its own over RFC 8785 JSON. */
import { createHash } from 'node:crypto'
import { canonicalJson, chainStart, type PullRecord } from '@fairlead/contract/wire'

export type UnchainedRecord = Omit<PullRecord, 'sequence' | 'previous_hash' | 'hash'>

/** Where the next record continues. */
export interface ChainHead {
  readonly sequence: number
  readonly hash: string
}

export const emptyChain: ChainHead = { sequence: 0, hash: chainStart }

export function chainRecord(record: UnchainedRecord, head: ChainHead): PullRecord {
  const chained = { ...record, sequence: head.sequence + 1, previous_hash: head.hash }
  return { ...chained, hash: createHash('sha256').update(canonicalJson(chained)).digest('hex') }
}
