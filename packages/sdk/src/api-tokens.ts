/** API tokens: created once, shown once, revoked for good; and sessions, which signing in creates. */
import type { ApiToken, CreateApiToken, CreatedApiToken, TokenKind } from '@fairlead/contract/wire'
import { page, single } from './answer.ts'
import { pagesOf, type NameQuery, type Pages } from './pages.ts'
import type { CallOptions, Transport, WriteOptions } from './transport.ts'

const apiToken = async () => (await import('@fairlead/contract/wire/token')).ApiToken
export const createdApiToken = async () => (await import('@fairlead/contract/wire/token')).CreatedApiToken

export interface ApiTokenQuery extends NameQuery {
  /** Absent: tokens and sessions. */
  readonly kind?: TokenKind | undefined
}

export class ApiTokenCalls {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Who is calling. */
  async me(options?: CallOptions): Promise<ApiToken> {
    return this.#transport.get('/api_tokens/me', single(apiToken), options)
  }

  /** The answer contains the token itself, this once. */
  async create(body: CreateApiToken, options?: WriteOptions): Promise<CreatedApiToken> {
    return this.#transport.post('/api_tokens', body, single(createdApiToken), options)
  }

  /** Newest first, without their text. */
  list(query: ApiTokenQuery = {}, options?: CallOptions): Pages<ApiToken> {
    return pagesOf(this.#transport, '/api_tokens', { ...query }, page(apiToken), options)
  }

  /** Ends the session that makes this call. */
  async signOut(options?: CallOptions): Promise<void> {
    await this.#transport.delete('/api_tokens/me', options)
  }

  /** Permanently. */
  async revoke(id: string, options?: CallOptions): Promise<void> {
    await this.#transport.delete(`/api_tokens/${encodeURIComponent(id)}`, options)
  }
}
