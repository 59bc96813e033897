/** What replicas send each other over NOTIFY: only that something may have changed, so that a forged or lost message costs one look. */
import { NodeId } from '@fairlead/contract/names'
import { z } from 'zod'
import { chunks } from '../../chunks.ts'
import type { Committed } from '../store.ts'

const PeerMessage = z.strictObject({
  from: z.string().max(64),
  events: z.boolean().optional(),
  nodes: z.array(NodeId).max(1000).optional(),
  revoked: z.array(NodeId).max(1000).optional(),
  /** Since when the sender has known the nodes, in ms; `asks` requests the same from the others. */
  since: z.number().nonnegative().optional(),
  asks: z.boolean().optional(),
})
export type PeerMessage = z.infer<typeof PeerMessage>

/** A payload must be under 8000 bytes, and an id takes at most 45 with its quotes and comma. */
const idsAtOnce = 150

export function writeCommitted(from: string, committed: Committed): string[] {
  const messages: PeerMessage[] = []
  if (committed.events) messages.push({ from, events: true })
  for (const nodes of chunks([...committed.nodes], idsAtOnce)) messages.push({ from, nodes })
  for (const revoked of chunks([...committed.revoked], idsAtOnce)) messages.push({ from, revoked })
  return messages.map((message) => JSON.stringify(message))
}

/** Null for anything that no replica of this version writes. */
export function readPeerMessage(text: string): PeerMessage | null {
  try {
    return PeerMessage.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

export function committedOf(message: PeerMessage): Committed | null {
  const { events = false, nodes = [], revoked = [] } = message
  if (!events && nodes.length === 0 && revoked.length === 0) return null
  return { events, nodes: new Set(nodes), revoked: new Set(revoked) }
}
