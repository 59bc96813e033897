/** What a node receives when it joins, and its session, which it also receives whenever it renews it. */
import type { JoinAnswer, NodeSession } from '@fairlead/contract/wire'
import type { Joined } from '../identity/join.ts'
import type { NodeSessionRecord } from '../store/records.ts'

export const joinAnswer = ({ node, session }: Joined, origin: string): JoinAnswer => ({
  node_id: node.id,
  name: node.name,
  cloud_id: node.cloud_id,
  origin,
  session: presentSession(session),
})

export const presentSession = (session: NodeSessionRecord): NodeSession => ({
  session_id: session.id,
  expires_at: session.expires_at,
})
