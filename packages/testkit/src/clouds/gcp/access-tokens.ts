/** The access tokens that this Google issued: the owner and the expiry of each. No other token is accepted. */
import { randomBytes } from 'node:crypto'

export interface Principal {
  /** `serviceAccount:EMAIL`, or the `principal://…` of a federation. */
  readonly member: string
}

export interface AccessTokens {
  issue(principal: Principal, seconds?: number): { access_token: string; expires_in: number; token_type: 'Bearer' }
  /** Undefined if it is not ours, or has expired. */
  ownerOf(authorization: string | undefined): Principal | undefined
  /** From now on every issued token is refused. */
  revokeAll(): void
}

export function accessTokens(): AccessTokens {
  const issued = new Map<string, { principal: Principal; expires: number }>()
  return {
    issue(principal, seconds = 3599) {
      const token = `ya29.c.${randomBytes(48).toString('base64url')}`
      issued.set(token, { principal, expires: Date.now() + seconds * 1000 })
      return { access_token: token, expires_in: seconds, token_type: 'Bearer' }
    },
    ownerOf(authorization) {
      const found = issued.get(/^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '')
      return found !== undefined && found.expires > Date.now() ? found.principal : undefined
    },
    revokeAll: () => issued.clear(),
  }
}
