/**
 * Judges every pull record that is stored: its hash, its place in its node's chain, and that its columns say what it says. Where older
 * records were removed, the chain begins at their checkpoint.
 */
import type { NodeId } from '@fairlead/contract/names'
import type { PullRecord } from '@fairlead/contract/wire'
import { chainBegin, judgeLink, type ChainEnd } from '../pulls/plan-chain.ts'
import { checksumOf } from '../pulls/plan-removal.ts'
import type { ChainState, PullCheckpointRecord } from '../store/records.ts'

/** In the order of node and sequence. */
export interface LedgerRow {
  readonly node_id: string
  readonly sequence: number
  readonly hash: string
  readonly cluster_id: string | null
  readonly code: string | null
  /** What it was judged when it arrived. */
  readonly chain: string
  /** JSON. */
  readonly record: string
}

export interface LedgerBreak {
  readonly node_id: string
  readonly sequence: number
  /** `checkpoint`: it is not what was written. `end`: of a node whose records were removed the newest, which never are, are missing. */
  readonly kind: Exclude<ChainState, 'intact'> | 'checkpoint' | 'end'
  /** Whether the control plane saw it when the record came: then the node's own ledger was broken. */
  readonly noted: boolean
}

export interface LedgerVerdict {
  readonly records: number
  readonly nodes: number
  readonly removed: Removed
  readonly breaks: number
  /** The first of them. */
  readonly first_breaks: readonly LedgerBreak[]
}

/** What was removed for its age. */
export interface Removed {
  readonly records: number
  /** When the newest of them had come. */
  readonly received_until: string | null
}

const told = 20

export class LedgerJudge {
  readonly #checkpoints: ReadonlyMap<string, PullCheckpointRecord>
  readonly #removed: Removed
  /** Nodes of checkpoints of which no record has come yet. */
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
    // What came late with the number of one that was removed is a break of its own: the next continues the checkpoint.
    if (checkpoint === undefined || row.sequence >= checkpoint.sequence) {
      this.#end = { sequence: row.sequence, hash: row.hash }
    }
  }

  /** Once all records were taken. */
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

/** Null where the columns, by which it is found, say something else. */
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
    // Its hash is judged over what is there, whatever version wrote it.
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as PullRecord) : null
  } catch {
    return null
  }
}
