/** /api_tokens: who may call, with which role. Sessions are among them: signing in makes them (sign-in/). */
import { HolderName, newId, type CloudId } from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'
import { ApiToken, CreateApiToken, CreatedApiToken, page, single, TokenKind } from '@fairlead/contract/wire'
import { iso, type Clock } from '../clock.ts'
import { requireCloud, requireFreeName, requireToken } from '../store/lookup.ts'
import { mintToken } from '../identity/secret-token.ts'
import type { ApiTokenRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import { NamedPageQuery, nameFilter } from '../http/list-query.ts'
import { pageOf } from '../http/paging.ts'
import { get, post, remove, type Route } from '../http/route.ts'
import { endSession } from '../sign-in/session.ts'

const TokenQuery = NamedPageQuery.extend({
  name: HolderName.optional(),
  name_contains: HolderName.optional(),
  kind: TokenKind.optional(),
})

export function apiTokenRoutes({ clock }: { clock: Clock }): Route[] {
  return [
    post(
      {
        path: '/api/v1/api_tokens',
        access: 'admin',
        summary: 'Create an API token; only this answer contains its text',
        audit: 'token.create',
        body: CreateApiToken,
        status: 201,
        answer: single(CreatedApiToken),
        problems: ['NAME_IN_USE', 'NAME_INVALID', 'CLOUD_NOT_FOUND', 'TOKEN_LIMITED_TO_CLOUDS', 'TOKEN_EXPIRY_REFUSED'],
      },
      async ({ body }, transaction) => {
        const minted = mintToken('flt')
        const now = clock()
        const token: ApiTokenRecord = {
          id: newId('tok', now),
          name: body.name,
          role: body.role,
          cloud_ids: await readCloudIds(transaction, body.cloud_ids),
          token_hash: minted.hash,
          created_at: iso(now),
          last_used_at: null,
          expires_at: readExpiry(body.expires_at, now),
          revoked_at: null,
          identity: null,
        }
        await transaction.apiTokens.freeName(body.name, token.created_at)
        await requireFreeName(transaction, 'api_token', body.name)
        await transaction.apiTokens.insert(token)
        transaction.announce('token', token.id)
        return { result: { ...token, token: minted.text } }
      },
    ),
    get(
      {
        path: '/api/v1/api_tokens',
        access: 'admin',
        summary: 'List API tokens and sessions, newest first; a session is listed until a day after its end',
        query: TokenQuery,
        status: 200,
        answer: page(ApiToken),
      },
      ({ query }, reader) =>
        pageOf(query, {
          list: (slice) => reader.apiTokens.list({ ...nameFilter(query), kind: query.kind }, slice),
          keyOf: (token) => token.id,
          show: (tokens) => tokens,
        }),
    ),
    get(
      {
        path: '/api/v1/api_tokens/me',
        access: 'viewer',
        summary: 'Who is calling',
        status: 200,
        answer: single(ApiToken),
      },
      async ({ caller }, reader) => ({ result: await requireToken(reader, caller.id) }),
    ),
    // Before /api_tokens/{token_id}, which would take `me` as an id.
    remove(
      {
        path: '/api/v1/api_tokens/me',
        access: 'viewer',
        summary: 'Sign out: end the session that makes this call',
        problems: ['NOT_A_SESSION'],
      },
      async ({ caller, request }, transaction) => {
        const session = await requireToken(transaction, caller.id)
        await endSession(transaction, session, { requestId: request.id, now: clock() })
      },
    ),
    remove(
      {
        path: '/api/v1/api_tokens/{token_id}',
        access: 'admin',
        summary: 'Revoke an API token permanently, and the join tokens that it created',
        audit: 'token.revoke',
        problems: ['TOKEN_NOT_FOUND'],
      },
      async ({ params }, transaction) => {
        const token = await requireToken(transaction, params.token_id)
        if (token.revoked_at !== null) return
        const now = iso(clock())
        await transaction.apiTokens.update(token.id, { revoked_at: now })
        await transaction.joinTokens.endOf(token.id, now)
        transaction.announce('token', token.id)
      },
    ),
  ]
}

/** Ten years, with their leap days. */
const longestLifeMs = 3653 * 24 * 60 * 60 * 1000

function readExpiry(time: string | undefined, now: number): string | null {
  if (time === undefined) return null
  const at = Date.parse(time)
  if (!(at > now && at <= now + longestLifeMs)) throw problem('TOKEN_EXPIRY_REFUSED', { time: printable(time) })
  return iso(at)
}

/** A token for clouds that its creator cannot reach is rejected before revealing whether they exist. */
async function readCloudIds(reader: Reader, ids: readonly CloudId[] | undefined): Promise<CloudId[] | null> {
  if (ids === undefined) return null
  const wanted = [...new Set(ids)]
  if (!wanted.every((id) => reader.mayReach(id))) throw problem('TOKEN_LIMITED_TO_CLOUDS')
  for (const id of wanted) await requireCloud(reader, id)
  return wanted
}
