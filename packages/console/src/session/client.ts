/** The client of the API, for the origin that served this page. */
import { isProblem } from '@fairlead/contract/problems'
import { FairleadClient } from '@fairlead/sdk'
import { askOrTake } from './early-answers.ts'

/** Without a token: for what the control plane says to anybody. */
export function clientWith(token?: string): FairleadClient {
  return new FairleadClient({ host: location.origin, token, fetch: askOrTake })
}

/** Why the control plane no longer accepts a token. */
export type TokenRefusal = 'refused' | 'expired'

/** Null for any other error. */
export function tokenRefusalIn(error: unknown): TokenRefusal | null {
  if (isProblem(error, 'TOKEN_EXPIRED')) return 'expired'
  return isProblem(error, 'TOKEN_INVALID') || isProblem(error, 'TOKEN_MISSING') ? 'refused' : null
}
