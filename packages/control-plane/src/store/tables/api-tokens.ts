/** API tokens, sessions among them: stored as hashes (S10). */
import type { Kysely } from 'kysely'
import { inSlice, whereName } from '../query.ts'
import type { ApiTokenRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'
import type { ApiTokenTable } from '../store.ts'

const form = rowForm<ApiTokenRecord>({ json: ['cloud_ids', 'identity'], flags: [] })

export function apiTokenTable(db: Kysely<Tables>): ApiTokenTable {
  const all = db.selectFrom('api_tokens').selectAll()
  return {
    async insert(token) {
      await db.insertInto('api_tokens').values(form.toRow(token)).execute()
    },
    async byHash(hash) {
      return form.first(all.where('token_hash', '=', hash))
    },
    async byId(id) {
      return form.first(all.where('id', '=', id))
    },
    async liveByName(name) {
      return form.first(all.where('name', '=', name).where('revoked_at', 'is', null).where('identity', 'is', null))
    },
    async freeName(name, at) {
      await db
        .updateTable('api_tokens')
        .set({ revoked_at: at })
        .where('name', '=', name)
        .where('revoked_at', 'is', null)
        .where('identity', 'is', null)
        .where('expires_at', '<=', at)
        .execute()
    },
    async count() {
      const row = await db
        .selectFrom('api_tokens')
        .select((eb) => eb.fn.countAll().as('count'))
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
    async update(id, change) {
      await db.updateTable('api_tokens').set(form.toRow(change)).where('id', '=', id).execute()
    },
    async list(filter, slice) {
      const named = all.where(whereName(filter))
      const found =
        filter.kind === undefined ? named : named.where('identity', filter.kind === 'token' ? 'is' : 'is not', null)
      return form.all(inSlice(all, found, 'id', slice))
    },
    async removeEndedSessions(before) {
      await db
        .deleteFrom('api_tokens')
        .where('identity', 'is not', null)
        .where((eb) => eb.or([eb('expires_at', '<', before), eb('revoked_at', '<', before)]))
        .execute()
    },
  }
}
