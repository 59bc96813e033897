/** Nodes whose pods wait for an image now, the newest first. What a node said before it was lost or revoked says nothing about now. */
import type { NodeId } from '@fairlead/contract/names'
import { mostCounted } from '@fairlead/contract/wire'
import type { Reader } from '../store/store.ts'
import type { Presence } from './presence.ts'

export async function waitedOnNodes(reader: Reader, presence: Presence): Promise<NodeId[]> {
  const ids = await reader.nodes.ids({ live: true, waitedOn: true }, { before: null, limit: mostCounted })
  const isLost = presence.lostNow()
  return ids.filter((id) => !isLost(id))
}
