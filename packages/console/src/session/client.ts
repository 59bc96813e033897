/** The client of the API, for the origin that served this page. */
import { isProblem } from '@fairlead/contract'
import { FairleadClient } from '@fairlead/sdk'

export function clientWith(token: string): FairleadClient {
  return new FairleadClient({ host: location.origin, token })
}

export function isSignedOutBy(error: unknown): boolean {
  return isProblem(error, 'TOKEN_INVALID') || isProblem(error, 'TOKEN_MISSING')
}
