/** Appends a node's pull records. None is dropped: one that breaks the chain is kept and flagged, and its node is flagged too. */
import { newId, type NodeId } from '@fairlead/contract/names'
import { pullEvent, type ChainState, type PullRecord, type TakenPullEvent } from '@fairlead/contract/wire'
import { iso } from '../clock.ts'
import type { Transaction } from '../store/store.ts'
import { chainBegin, judgeLink, worseChain } from './plan-chain.ts'
import { provedRemoved } from './plan-removal.ts'

export type OnPull = (event: TakenPullEvent) => void

/** The worst state of the appended records; null if nothing was new. */
export async function takePulls(
  transaction: Transaction,
  nodeId: NodeId,
  records: readonly PullRecord[],
  { now, onPull }: { now: number; onPull?: OnPull },
): Promise<ChainState | null> {
  let worst: ChainState | null = null
  let removed: ReadonlySet<string> | null = null
  for (const record of records) {
    if ((await transaction.pulls.withHash(nodeId, record.hash)) !== null) continue
    const end = (await transaction.pulls.lastOf(nodeId)) ?? chainBegin
    if (record.sequence <= end.sequence) {
      removed ??= provedRemoved(await transaction.pullCheckpoints.of(nodeId), records)
      if (removed.has(record.hash)) continue
    }
    // Another node's record in this node's report counts as altered.
    const chain = record.node_id === nodeId ? judgeLink(end, record) : 'altered'
    await transaction.pulls.append({
      key: arrivalKey(now, record.sequence),
      id: record.id,
      node_id: nodeId,
      sequence: record.sequence,
      hash: record.hash,
      cluster_id: record.cluster_id,
      build_id: record.build_id,
      purpose: record.purpose,
      code: record.code,
      registry: record.registry,
      decision: record.decision,
      bytes: record.bytes,
      duration_ms: wholeMilliseconds(record.duration_ms),
      record,
      chain,
      received_at: iso(now),
    })
    transaction.announce('pull', record.id)
    // By the reporting node, whichever one the record names.
    const event = { ...pullEvent({ ...record, node_id: nodeId }), sequence: record.sequence, chain }
    transaction.afterCommit(() => onPull?.(event))
    worst = worseChain(worst, chain)
  }
  return worst
}

/** Sorts by arrival, and by the node's own number within one report. */
function arrivalKey(now: number, sequence: number): string {
  const id = newId('pull', now)
  return `${id.slice(0, 15)}${String(sequence).padStart(10, '0')}${id.slice(15)}`
}

/** A record may claim any number; the record itself keeps it. */
export function wholeMilliseconds(duration: number): number {
  return Math.min(Math.round(duration), Number.MAX_SAFE_INTEGER)
}
