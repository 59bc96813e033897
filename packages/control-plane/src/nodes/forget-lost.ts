/**
 * Forgets nodes lost long ago whose machine could prove itself again: a scaling group removes machines without notice. The node's row stays, and with
 * it its pull records and their chain. Done by one replica for all.
 */
import type { NodeId } from '@fairlead/contract/names'
import { appendAudit } from '../audit/append.ts'
import { eventOf } from '../audit/event.ts'
import { iso } from '../clock.ts'
import type { NodeRecord } from '../store/records.ts'
import type { Reader, Transaction } from '../store/store.ts'
import type { Presence } from './presence.ts'
import { revokeNode } from './revoke.ts'

export interface LostNodes {
  readonly ids: readonly NodeId[]
  /** A node heard since then is not long-lost. */
  readonly heardBefore: number
}

const hourMs = 3600 * 1000

/** No node is forgotten in the first hour of a control plane: nodes that were silent with it may be on their way back. */
export function longLost(presence: Presence, { now, afterMs }: { now: number; afterMs: number }): LostNodes {
  const heardBefore = now - afterMs
  if (now - presence.since < Math.min(afterMs, hourMs)) return { ids: [], heardBefore }
  const ids = [...presence.lost()].filter((id) => (presence.lastHeard(id) ?? now) < heardBefore)
  return { ids, heardBefore }
}

/** Nodes that proved themselves to a cloud still accepting proofs, and that no cluster needs: it survives a lost node, but not a forgotten one. */
export async function forgettable(reader: Reader, { ids, heardBefore }: LostNodes): Promise<NodeRecord[]> {
  const held = new Set((await reader.members.holdingIn(ids)).map((member) => member.node_id))
  const found: NodeRecord[] = []
  for (const node of await reader.nodes.byIds(ids)) {
    const heardAt = node.last_heard_at ?? node.joined_at
    if (node.instance_key === null || node.revoked_at !== null || held.has(node.id) || heardAt >= iso(heardBefore))
      continue
    if ((await reader.clouds.byId(node.cloud_id))?.join === 'proof') found.push(node)
  }
  return found
}

/** Returns how many were forgotten. */
export async function forgetLost(
  transaction: Transaction,
  lost: LostNodes,
  { presence, now }: { presence: Presence; now: number },
): Promise<number> {
  const nodes = await forgettable(transaction, lost)
  for (const node of nodes) {
    await revokeNode(transaction, node, 'silent', presence, now)
    const known = { resource_ids: [node.id], cloud_id: node.cloud_id }
    await appendAudit(transaction, eventOf('node.forget', now, known))
  }
  return nodes.length
}
