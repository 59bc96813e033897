/** The public form of a node's session. */
import type { NodeSession } from '@fairlead/contract/wire'
import type { NodeSessionRecord } from '../store/records.ts'

export const presentSession = (session: NodeSessionRecord): NodeSession => ({
  session_id: session.id,
  expires_at: session.expires_at,
})
