/** How a node's session looks from outside. */
import type { NodeSession } from '@fairlead/contract/wire'
import type { NodeSessionRecord } from '../store/records.ts'

export const presentSession = (session: NodeSessionRecord): NodeSession => ({
  session_id: session.id,
  expires_at: session.expires_at,
})
