/** A user or a program with an API token. */
import { type CloudId, type TokenId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { apiTokenPattern, tokenState, type Identity, type Role } from '@fairlead/contract/wire'
import type { ApiTokenRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import { hashToken, sameHash } from './secret-token.ts'

export interface ApiCaller {
  readonly kind: 'token'
  readonly id: TokenId
  readonly name: string
  readonly role: Role
  /** The clouds that the token is limited to; null: all. */
  readonly clouds: readonly CloudId[] | null
  /** When the token expires, in milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null
  /** Who signed in; null for a token that an administrator created. */
  readonly identity: Identity | null
  /** The token itself, for sealing what only its holder may read again; never stored or logged. */
  readonly token: SealingToken
}

/** Whose limits a call counts against: all sessions of whoever signed in share theirs, or signing in again would lift them. */
export function holderOf({ id, identity }: Pick<ApiCaller, 'id' | 'identity'>): string {
  return identity === null ? id : `${identity.issuer} ${identity.subject}`
}

/** Prints as nothing; only `use` gives access to its text. */
export class SealingToken {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  use<Result>(work: (text: string) => Result): Result {
    return work(this.#text)
  }
}

export async function recogniseApiCaller(
  reader: Reader,
  authorization: string | undefined,
  now: number,
): Promise<ApiCaller> {
  if (authorization === undefined) throw problem('TOKEN_MISSING')
  const text = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (text === undefined || !apiTokenPattern.test(text)) throw problem('TOKEN_INVALID')
  const hash = hashToken(text)
  const found = await reader.apiTokens.byHash(hash)
  if (found === null || !sameHash(found.token_hash, hash)) throw problem('TOKEN_INVALID')
  requireValid(found, now)
  const { id, name, role, cloud_ids: clouds, expires_at, identity } = found
  const expiresAt = expires_at === null ? null : Date.parse(expires_at)
  return { kind: 'token', id, name, role, clouds, expiresAt, identity, token: new SealingToken(text) }
}

/** As part of a write: since the token was recognised, the body of the request has arrived, and writes before this one may have revoked it. */
export async function requireStillValid(reader: Reader, { id }: Pick<ApiCaller, 'id'>, now: number): Promise<void> {
  const found = await reader.apiTokens.byId(id)
  if (found === null) throw problem('TOKEN_INVALID')
  requireValid(found, now)
}

/** Only the holder of a token learns that it existed and expired. */
function requireValid(token: ApiTokenRecord, now: number): void {
  const state = tokenState(token, now)
  if (state === 'revoked') throw problem('TOKEN_INVALID')
  if (state === 'expired') throw problem('TOKEN_EXPIRED', { time: token.expires_at ?? '' })
}
