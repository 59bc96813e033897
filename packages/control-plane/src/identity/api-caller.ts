/** A user or a program with an API token. */
import { type CloudId, type TokenId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { apiTokenPattern, type Role } from '@fairlead/contract/wire'
import type { Reader } from '../store/store.ts'
import { hashToken, sameHash } from './secret-token.ts'

export interface ApiCaller {
  readonly kind: 'token'
  readonly id: TokenId
  readonly name: string
  readonly role: Role
  /** The clouds that the token is limited to; null: all. */
  readonly clouds: readonly CloudId[] | null
  /** The token itself, for sealing what only its holder may read again; never stored or logged. */
  readonly token: SealingToken
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

export async function recogniseApiCaller(reader: Reader, authorization: string | undefined): Promise<ApiCaller> {
  if (authorization === undefined) throw problem('TOKEN_MISSING')
  const text = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (text === undefined || !apiTokenPattern.test(text)) throw problem('TOKEN_INVALID')
  const hash = hashToken(text)
  const found = await reader.apiTokens.byHash(hash)
  if (found === null || !sameHash(found.token_hash, hash) || found.revoked_at !== null) throw problem('TOKEN_INVALID')
  const { id, name, role, cloud_ids: clouds } = found
  return { kind: 'token', id, name, role, clouds, token: new SealingToken(text) }
}
