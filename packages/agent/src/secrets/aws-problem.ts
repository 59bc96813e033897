/** Names what AWS Secrets Manager refused, by the type of its error and never by its text. */
import { problem, type Problem } from '@fairlead/contract'
import { interruption } from '../until-aborted.ts'

export interface AwsQuestion {
  /** As the user named it. */
  readonly reference: string
  readonly region: string
  /** The caller's signal; its end is the caller's doing. */
  readonly signal: AbortSignal
}

type Cause = 'not-found' | 'denied' | 'decrypt' | 'unavailable' | 'throttled' | 'identity'

const causes: Readonly<Record<string, Cause>> = {
  ResourceNotFoundException: 'not-found',
  AccessDeniedException: 'denied',
  DecryptionFailure: 'decrypt',
  // A secret that waits for its deletion, or has no value yet.
  InvalidRequestException: 'unavailable',
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  LimitExceededException: 'throttled',
  // Credentials there are, and AWS does not know them, or no longer.
  UnrecognizedClientException: 'identity',
  InvalidClientTokenId: 'identity',
  InvalidSignatureException: 'identity',
  SignatureDoesNotMatch: 'identity',
  ExpiredTokenException: 'identity',
  ExpiredToken: 'identity',
  MissingAuthenticationTokenException: 'identity',
  CredentialsProviderError: 'identity',
  TokenProviderError: 'identity',
}

export function awsProblem(error: unknown, { reference, region, signal }: AwsQuestion): Problem {
  if (signal.aborted) return interruption(signal)
  const { name, status } = shapeOf(error)
  switch (name.startsWith('KMS') ? 'decrypt' : causes[name]) {
    case 'not-found':
      return problem('SECRET_NOT_FOUND', { reference })
    case 'denied':
      return problem('SECRET_ACCESS_DENIED', { reference })
    case 'decrypt':
      return problem('SECRET_DECRYPT_DENIED', { reference })
    case 'unavailable':
      return problem('SECRET_UNAVAILABLE', { reference })
    case 'throttled':
      return problem('SECRET_MANAGER_THROTTLED', { reference })
    case 'identity':
      return identityMissing()
    case undefined:
      break
  }
  if (status === 429) return problem('SECRET_MANAGER_THROTTLED', { reference })
  if (status !== null && status >= 400) return problem('SECRET_MANAGER_FAILED', { reference, http_status: status })
  return problem('SECRET_MANAGER_UNREACHABLE', { region })
}

export function identityMissing(): Problem {
  return problem('NODE_IDENTITY_MISSING', { provider: 'aws' })
}

/** The SDK gives each answer of the service a name and its HTTP status; without one, no answer came. */
function shapeOf(error: unknown): { name: string; status: number | null } {
  if (!(error instanceof Error)) return { name: '', status: null }
  const metadata: unknown = '$metadata' in error ? error.$metadata : null
  const found = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
  const status = found && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null
  return { name: error.name, status }
}
