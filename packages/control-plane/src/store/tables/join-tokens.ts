/** Join tokens: single-use, stored as hashes (S10). */
import type { Kysely } from 'kysely'
import type { JoinTokenRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { JoinTokenTable } from '../store.ts'

const form = rowForm<JoinTokenRecord>({ json: [], flags: [] })

export function joinTokenTable(db: Kysely<Tables>): JoinTokenTable {
  return {
    async insert(token) {
      await db.insertInto('join_tokens').values(form.toRow(token)).execute()
    },
    async byHash(hash) {
      return form.first(db.selectFrom('join_tokens').selectAll().where('token_hash', '=', hash))
    },
    async burn(hash, by) {
      const result = await db
        .updateTable('join_tokens')
        .set({ used_at: by.at, used_by_node_id: by.nodeId, used_by_node_name: by.nodeName })
        .where('token_hash', '=', hash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', by.at)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },
  }
}
