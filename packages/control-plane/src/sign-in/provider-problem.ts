/** What the library's errors mean for whoever signs in. The provider's own text is not repeated. */
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import {
  AuthorizationResponseError,
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi'
import { providerUnreachable } from './provider-fetch.ts'

/** Codes of RFC 6749 and RFC 8628 that say how this control plane is registered. */
const refusals: Readonly<Record<string, string>> = {
  invalid_client: 'it does not know the client, or the secret is another',
  unauthorized_client: 'the client may not sign people in this way',
  unsupported_grant_type: 'it does not sign people in this way',
  unsupported_response_type: 'it does not sign people in this way',
  invalid_scope: 'it does not know one of the scopes, or the client may not ask for it',
  invalid_request: 'it does not take the request',
}

/** For any error of a call to the library; what is not one of its errors is returned as it is. */
export function providerProblem(error: unknown, host: string): unknown {
  if (isProblem(error)) return error
  if (error instanceof ResponseBodyError || error instanceof AuthorizationResponseError)
    return refusal(error.error, host)
  if (error instanceof WWWAuthenticateChallengeError) return refusal('invalid_client', host)
  const isUnusable = error instanceof OperationProcessingError || error instanceof UnsupportedOperationError
  return isUnusable ? providerUnreachable(host, 'its answer is not one of an identity provider') : error
}

function refusal(code: string, host: string): Problem {
  if (code === 'access_denied') return problem('SIGN_IN_DENIED')
  if (code === 'invalid_grant' || code === 'expired_token') return problem('SIGN_IN_EXPIRED')
  const reason = Object.hasOwn(refusals, code) ? refusals[code] : undefined
  if (reason !== undefined) return problem('IDENTITY_PROVIDER_REFUSED', { host, reason })
  return providerUnreachable(host, 'it reports a fault of its own')
}
