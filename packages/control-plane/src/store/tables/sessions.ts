/** Node sessions. */
import type { NodeId, SessionId } from '@fairlead/contract/names'
import type { Kysely } from 'kysely'
import type { NodeSessionRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'

const form = rowForm<NodeSessionRecord>({ json: [], flags: [] })

export function sessionTable(db: Kysely<Tables>) {
  return {
    async insert(session: NodeSessionRecord) {
      await db.insertInto('node_sessions').values(form.toRow(session)).execute()
    },
    async byId(id: SessionId) {
      return form.first(db.selectFrom('node_sessions').selectAll().where('id', '=', id))
    },
    async valid(now: string) {
      return form.all(db.selectFrom('node_sessions').selectAll().where('expires_at', '>', now))
    },
    async removeOf(nodeId: NodeId) {
      await db.deleteFrom('node_sessions').where('node_id', '=', nodeId).execute()
    },
    async removeExpired(now: string) {
      await db.deleteFrom('node_sessions').where('expires_at', '<', now).execute()
    },
  }
}
