/** Consecutive pull records as a node would write them. */
import { newId, type NodeId } from '@fairlead/contract/names'
import { chainStart, type PullRecord } from '@fairlead/contract/wire'
import { samplePullRecord } from '@fairlead/testkit/sample-pull-record'
import { recordHash } from '../pulls/plan-chain.ts'
import type { StoredPull } from '../store/records.ts'

export function testRecord(
  nodeId: NodeId,
  sequence: number,
  previousHash: string,
  part: Partial<PullRecord> = {},
): PullRecord {
  const open = samplePullRecord({
    node_id: nodeId,
    sequence,
    decision: 'refused',
    code: 'IMAGE_NOT_FOUND',
    previous_hash: previousHash,
    ...part,
  })
  return { ...open, hash: recordHash(open) }
}

/** Numbered from 1. */
export function testChain(nodeId: NodeId, length: number): PullRecord[] {
  const chain: PullRecord[] = []
  for (let sequence = 1; sequence <= length; sequence++) {
    chain.push(testRecord(nodeId, sequence, chain.at(-1)?.hash ?? chainStart))
  }
  return chain
}

/** As stored by a control plane that received it at that time. */
export function storedPull(record: PullRecord, receivedAt = '2026-11-24T12:00:00.000Z'): StoredPull {
  const { id, node_id, sequence, hash, cluster_id, build_id, purpose, code, registry, decision, bytes } = record
  if (node_id === null) throw new TypeError('a control plane keeps records of nodes')
  const key = newId('pull', Date.parse(receivedAt))
  return {
    key,
    id,
    node_id,
    sequence,
    hash,
    cluster_id,
    build_id,
    purpose,
    code,
    registry,
    decision,
    bytes,
    duration_ms: Math.round(record.duration_ms),
    record,
    chain: 'intact',
    received_at: receivedAt,
  }
}
