/**
 * Checks every stored pull record: its hash, its place in its node's chain, and that its columns agree with it. Where older records were removed, the
 * chain begins at their checkpoint.
 */
import type { NodeId } from '@fairlead/contract/names'
import type { ChainState, PullRecord } from '@fairlead/contract/wire'
import { chainBegin, judgeLink, type ChainEnd } from '../pulls/plan-chain.ts'
import { checksumOf } from '../pulls/plan-removal.ts'
import type { PullCheckpointRecord } from '../store/records.ts'

/** Ordered by node and sequence. */
export interface LedgerRow {
  readonly node_id: string
  readonly sequence: number
  readonly hash: string
  readonly cluster_id: string | null
  readonly code: string | null
  /** The chain state recorded on arrival. */
  readonly chain: string
  /** JSON. */
  readonly record: string
}

export interface LedgerBreak {
  readonly node_id: string
  readonly sequence: number
  /** `checkpoint`: it differs from what was written. `end`: a node with removed records lacks its newest ones, which are never removed. */
  readonly kind: Exclude<ChainState, 'intact'> | 'checkpoint' | 'end'
  /** Whether the control plane noticed it when the record arrived: then the node's own ledger was broken. */
  readonly noted: boolean
}

export interface LedgerVerdict {
  readonly records: number
  readonly nodes: number
  readonly removed: Removed
  readonly breaks: number
  /** The first few. */
  readonly first_breaks: readonly LedgerBreak[]
}

/** The records removed by retention. */
export interface Removed {
  readonly records: number
  /** When the newest of them arrived. */
  readonly received_until: string | null
}

const told = 20

export class LedgerJudge {
  readonly #checkpoints: ReadonlyMap<string, PullCheckpointRecord>
  readonly #removed: Removed
  /** Nodes with a checkpoint but no record so far. */
  readonly #awaited: Set<string>
  #node: string | null = null
  #end: ChainEnd = chainBegin
  #records = 0
  #nodes = 0
  #breaks = 0
  readonly #first: LedgerBreak[] = []

  constructor(checkpoints: readonly PullCheckpointRecord[] = []) {
    this.#checkpoints = new Map(checkpoints.map((checkpoint) => [checkpoint.node_id, checkpoint]))
    this.#awaited = new Set(this.#checkpoints.keys())
    let removed: Removed = { records: 0, received_until: null }
    for (const checkpoint of checkpoints) {
      removed = sum(removed, checkpoint)
      if (checksumOf(checkpoint) !== checkpoint.checksum) this.#note(breakAt(checkpoint, 'checkpoint'))
    }
    this.#removed = removed
  }

  take(row: LedgerRow): void {
    const checkpoint = this.#checkpoints.get(row.node_id)
    if (row.node_id !== this.#node) {
      this.#node = row.node_id
      this.#end = checkpoint ?? chainBegin
      this.#nodes++
      this.#awaited.delete(row.node_id)
    }
    this.#records++
    const record = recordIn(row)
    const kind = record === null ? 'altered' : judgeLink(this.#end, record)
    if (kind !== 'intact')
      this.#note({ node_id: row.node_id, sequence: row.sequence, kind, noted: row.chain !== 'intact' })
    // A late record with the number of a removed one is a separate break: the next one continues the checkpoint.
    if (checkpoint === undefined || row.sequence >= checkpoint.sequence) {
      this.#end = { sequence: row.sequence, hash: row.hash }
    }
  }

  /** Call after the last record. */
  end(): LedgerVerdict {
    for (const nodeId of this.#awaited) {
      const checkpoint = this.#checkpoints.get(nodeId)
      if (checkpoint !== undefined) this.#note(breakAt(checkpoint, 'end'))
    }
    this.#awaited.clear()
    return {
      records: this.#records,
      nodes: this.#nodes,
      removed: this.#removed,
      breaks: this.#breaks,
      first_breaks: this.#first,
    }
  }

  #note(found: LedgerBreak): void {
    this.#breaks++
    if (this.#first.length < told) this.#first.push(found)
  }
}

function breakAt({ node_id, sequence }: PullCheckpointRecord, kind: 'checkpoint' | 'end'): LedgerBreak {
  return { node_id, sequence, kind, noted: false }
}

function sum({ records, received_until }: Removed, checkpoint: PullCheckpointRecord): Removed {
  const later = received_until === null || checkpoint.received_until > received_until
  return {
    records: records + checkpoint.removed,
    received_until: later ? checkpoint.received_until : received_until,
  }
}

/** Null if the columns used to find it disagree with it. */
function recordIn(row: LedgerRow): PullRecord | null {
  const record = parse(row.record)
  if (record === null) return null
  const same =
    record.node_id === (row.node_id as NodeId) &&
    record.sequence === row.sequence &&
    record.hash === row.hash &&
    record.cluster_id === row.cluster_id &&
    record.code === row.code
  return same ? record : null
}

function parse(text: string): PullRecord | null {
  try {
    // The hash covers the stored content, whichever version wrote it.
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as PullRecord) : null
  } catch {
    return null
  }
}
