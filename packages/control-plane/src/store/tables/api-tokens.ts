/** API tokens, sessions among them: stored as hashes (S10). */
import type { TokenId } from '@fairlead/contract/names'
import type { TokenKind } from '@fairlead/contract/wire'
import type { Kysely } from 'kysely'
import { inSlice, whereName, type NameFilter, type Slice } from '../query.ts'
import type { ApiTokenRecord } from '../records.ts'
import { rowForm, type Tables } from '../row.ts'

const form = rowForm<ApiTokenRecord>({ json: ['cloud_ids', 'identity'], flags: [] })

interface ApiTokenFilter extends NameFilter {
  readonly kind?: TokenKind | undefined
}

export function apiTokenTable(db: Kysely<Tables>) {
  const all = db.selectFrom('api_tokens').selectAll()
  return {
    async insert(token: ApiTokenRecord) {
      await db.insertInto('api_tokens').values(form.toRow(token)).execute()
    },
    async byHash(hash: string) {
      return form.first(all.where('token_hash', '=', hash))
    },
    async byId(id: TokenId) {
      return form.first(all.where('id', '=', id))
    },
    /** Of the tokens that are not revoked; sessions have no names of their own. */
    async liveByName(name: string) {
      return form.first(all.where('name', '=', name).where('revoked_at', 'is', null).where('identity', 'is', null))
    },
    /** Takes the name from a token that expired before `at`, by revoking it; a name belongs to one token that is not revoked. */
    async freeName(name: string, at: string) {
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
    async update(id: TokenId, change: Partial<ApiTokenRecord>) {
      await db.updateTable('api_tokens').set(form.toRow(change)).where('id', '=', id).execute()
    },
    async list(filter: ApiTokenFilter, slice: Slice) {
      const named = all.where(whereName(filter))
      const found =
        filter.kind === undefined ? named : named.where('identity', filter.kind === 'token' ? 'is' : 'is not', null)
      return form.all(inSlice(all, found, 'id', slice))
    },
    /** Those that expired or were revoked before then. */
    async removeEndedSessions(before: string) {
      await db
        .deleteFrom('api_tokens')
        .where('identity', 'is not', null)
        .where((eb) => eb.or([eb('expires_at', '<', before), eb('revoked_at', '<', before)]))
        .execute()
    },
  }
}
