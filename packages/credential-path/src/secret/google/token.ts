/** The access token of this node's own service account, cached until shortly before it expires. */
import { problem, type Problem } from '@fairlead/contract/problems'
import { Redacted } from '../../match/redacted.ts'
import { untilAborted } from '../../process/until-aborted.ts'

export interface AccessToken {
  /** `Bearer …`. */
  readonly header: Redacted<string>
  readonly expiresAt: number
}

/** Throws only Problems. */
export interface TokenSource {
  /** `refused`: the token that Google rejected, so that it is not returned again. */
  token(signal: AbortSignal, refused?: AccessToken): Promise<AccessToken>
}

/** A token must remain valid throughout a read. */
const marginMs = 60_000
const fetchMs = 25_000
/** RFC 6750, section 2.1; anything else never enters a header (S9). Federated tokens are long. */
const b64token = /^[A-Za-z0-9._~+/-]{1,16384}=*$/

/** Null if it is not a token. */
export function accessToken(text: unknown, expiresAt: number): AccessToken | null {
  if (typeof text !== 'string' || text.length > 16_384 || !b64token.test(text)) return null
  return { header: new Redacted(`Bearer ${text}`), expiresAt }
}

export function keptToken(fetch: (signal: AbortSignal) => Promise<AccessToken>): TokenSource {
  let known: AccessToken | null = null
  let fetching: Promise<AccessToken> | null = null
  return {
    async token(signal, refused) {
      if (known !== null && known !== refused && known.expiresAt - marginMs > Date.now()) return known
      // Shared by all waiters, so it has its own deadline.
      fetching ??= fetch(AbortSignal.timeout(fetchMs)).finally(() => {
        fetching = null
      })
      known = await untilAborted(fetching, signal)
      return known
    },
  }
}

export function identityMissing(): Problem {
  return problem('NODE_IDENTITY_MISSING', { provider: 'gcp' })
}
