/** Judges every pull record that is stored: its hash, its place in its node's chain, and that its columns say what it says. */
import type { NodeId, PullRecord } from '@fairlead/contract'
import { chainBegin, judgeLink, type ChainEnd } from '../fleet/plan-chain.ts'
import type { ChainState } from '../store/records.ts'

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
  readonly kind: Exclude<ChainState, 'intact'>
  /** Whether the control plane saw it when the record came: then the node's own ledger was broken. */
  readonly noted: boolean
}

export interface LedgerVerdict {
  readonly records: number
  readonly nodes: number
  readonly breaks: number
  /** The first of them. */
  readonly first_breaks: readonly LedgerBreak[]
}

const told = 20

export class LedgerJudge {
  readonly #checkpoints: ReadonlyMap<string, ChainEnd>
  #node: string | null = null
  #end: ChainEnd = chainBegin
  #records = 0
  #nodes = 0
  #breaks = 0
  readonly #first: LedgerBreak[] = []

  /** Where a node's chain begins, if records before were removed for their age. */
  constructor(checkpoints: ReadonlyMap<string, ChainEnd> = new Map()) {
    this.#checkpoints = checkpoints
  }

  take(row: LedgerRow): void {
    if (row.node_id !== this.#node) {
      this.#node = row.node_id
      this.#end = this.#checkpoints.get(row.node_id) ?? chainBegin
      this.#nodes++
    }
    this.#records++
    const record = recordIn(row)
    const kind = record === null ? 'altered' : judgeLink(this.#end, record)
    if (kind !== 'intact')
      this.#note({ node_id: row.node_id, sequence: row.sequence, kind, noted: row.chain !== 'intact' })
    this.#end = { sequence: row.sequence, hash: row.hash }
  }

  get verdict(): LedgerVerdict {
    return { records: this.#records, nodes: this.#nodes, breaks: this.#breaks, first_breaks: this.#first }
  }

  #note(found: LedgerBreak): void {
    this.#breaks++
    if (this.#first.length < told) this.#first.push(found)
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
