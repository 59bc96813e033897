/** Join tokens: single-use, stored as hashes (S10). */
import type { NodeId, TokenId } from '@fairlead/contract/names'
import type { Kysely } from 'kysely'
import type { JoinTokenRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'

const form = rowForm<JoinTokenRecord>({ json: [], flags: [] })

export function joinTokenTable(db: Kysely<Tables>) {
  return {
    async insert(token: JoinTokenRecord) {
      await db.insertInto('join_tokens').values(form.toRow(token)).execute()
    },
    async byHash(hash: string) {
      return form.first(db.selectFrom('join_tokens').selectAll().where('token_hash', '=', hash))
    },
    /** One conditional update: false if another caller used it first. */
    async burn(hash: string, by: { nodeId: NodeId; nodeName: string; at: string }) {
      const result = await db
        .updateTable('join_tokens')
        .set({ used_at: by.at, used_by_node_id: by.nodeId, used_by_node_name: by.nodeName })
        .where('token_hash', '=', hash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', by.at)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },
    /** Those that an API token created end with it, if they were not used. */
    async endOf(creatorId: TokenId, at: string) {
      await db
        .updateTable('join_tokens')
        .set({ expires_at: at })
        .where('creator_id', '=', creatorId)
        .where('used_at', 'is', null)
        .where('expires_at', '>', at)
        .execute()
    },
  }
}
