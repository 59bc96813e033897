/** Which of a node's oldest pull records may be removed, and the checkpoint that the rest continues. */
import { createHash } from 'node:crypto'
import { canonicalJson, type PullRecord } from '@fairlead/contract/wire'
import type { PullCheckpointRecord, StoredPull } from '../store/records.ts'
import { hasItsHash, type ChainEnd } from './plan-chain.ts'

/**
 * `oldest`: in chain order. From the start, without a gap, everything that arrived before `before` and is not in use; never the last record, since
 * the next one continues it, and since it proves the checkpoint.
 */
export function removable(
  oldest: readonly StoredPull[],
  { before, inUse }: { before: string; inUse: (pull: StoredPull) => boolean },
): readonly StoredPull[] {
  const candidates = oldest.slice(0, -1)
  const staying = candidates.findIndex((pull) => pull.received_at >= before || inUse(pull))
  return staying === -1 ? candidates : candidates.slice(0, staying)
}

/** Late records with a lower number than what was removed do not move the point where the chain continues. */
export function moveCheckpoint(
  from: PullCheckpointRecord | null,
  removed: readonly [StoredPull, ...StoredPull[]],
  at: string,
): PullCheckpointRecord {
  const [first] = removed
  let end: ChainEnd = from ?? { sequence: 0, hash: '' }
  for (const { sequence, hash } of removed) if (sequence >= end.sequence) end = { sequence, hash }
  const received = [from?.received_until ?? '', ...removed.map((pull) => pull.received_at)]
  const open = {
    node_id: first.node_id,
    sequence: end.sequence,
    hash: end.hash,
    removed: (from?.removed ?? 0) + removed.length,
    received_until: received.reduce((newest, one) => (one > newest ? one : newest)),
    removed_at: at,
  }
  return { ...open, checksum: checksumOf(open) }
}

export function checksumOf(checkpoint: Omit<PullCheckpointRecord, 'checksum'>): string {
  const { node_id, sequence, hash, removed, received_until, removed_at } = checkpoint
  const fields = { node_id, sequence, hash, removed, received_until, removed_at }
  return createHash('sha256').update(canonicalJson(fields)).digest('hex')
}

/**
 * A node that could not store an acknowledgement reports its records again after a restart. Returns hashes of those among `records` that were removed
 * meanwhile: the checkpoint has the hash of the last, and each record that of the one before.
 */
export function provedRemoved(checkpoint: ChainEnd | null, records: readonly PullRecord[]): ReadonlySet<string> {
  const byHash = new Map(records.filter(hasItsHash).map((record) => [record.hash, record]))
  const proved = new Set<string>()
  for (let record = byHash.get(checkpoint?.hash ?? ''); record; record = byHash.get(record.previous_hash)) {
    proved.add(record.hash)
  }
  return proved
}
