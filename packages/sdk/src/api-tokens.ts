/** API tokens: created once, shown once, revoked for good. */
import { ApiToken, CreatedApiToken, page, single, type CreateApiToken } from '@fairlead/contract/wire'
import { pagesOf, type NameQuery, type Pages } from './pages.ts'
import type { CallOptions, Transport, WriteOptions } from './transport.ts'

export class ApiTokenCalls {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Who is calling. */
  async me(options?: CallOptions): Promise<ApiToken> {
    return (await this.#transport.get('/api_tokens/me', single(ApiToken), options)).result
  }

  /** The answer contains the token itself, this once. */
  async create(body: CreateApiToken, options?: WriteOptions): Promise<CreatedApiToken> {
    return (await this.#transport.post('/api_tokens', body, single(CreatedApiToken), options)).result
  }

  /** Newest first, without their text. */
  list(query: NameQuery = {}, options?: CallOptions): Pages<ApiToken> {
    return pagesOf(this.#transport, '/api_tokens', { ...query }, page(ApiToken), options)
  }

  /** Permanently. */
  async revoke(id: string, options?: CallOptions): Promise<void> {
    await this.#transport.delete(`/api_tokens/${encodeURIComponent(id)}`, options)
  }
}
