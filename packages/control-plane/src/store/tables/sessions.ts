/** Node sessions. */
import type { Kysely } from 'kysely'
import type { NodeSessionRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { SessionTable } from '../store.ts'

const form = rowForm<NodeSessionRecord>({ json: [], flags: [] })

export function sessionTable(db: Kysely<Tables>): SessionTable {
  return {
    async insert(session) {
      await db.insertInto('node_sessions').values(form.toRow(session)).execute()
    },
    async byId(id) {
      return form.first(db.selectFrom('node_sessions').selectAll().where('id', '=', id))
    },
    async valid(now) {
      return form.all(db.selectFrom('node_sessions').selectAll().where('expires_at', '>', now))
    },
    async removeOf(nodeId) {
      await db.deleteFrom('node_sessions').where('node_id', '=', nodeId).execute()
    },
    async removeExpired(now) {
      await db.deleteFrom('node_sessions').where('expires_at', '<', now).execute()
    },
  }
}
