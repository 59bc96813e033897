/** Identifies what AWS Secrets Manager refused, by the type of its error and never by its text. */
import { isProblem, problem, tlsFault, tlsProblem, type Facts, type Problem } from '@fairlead/contract/problems'
import { interruption } from '../../process/until-aborted.ts'

export interface AwsQuestion {
  /** As the user named it. */
  readonly reference: string
  readonly region: string
  /** The calling identity, as far as known: what a policy for the secret must name. */
  readonly node: AwsAsker
  /** The caller's signal; if it aborts, the caller caused the failure. */
  readonly signal: AbortSignal
}

export interface AwsAsker {
  readonly region: string
  readonly accountId?: string
  /** Null: the node runs without a role. */
  readonly role?: string | null
}

type Cause =
  | 'not-found'
  | 'denied'
  | 'decrypt'
  | 'unavailable'
  | 'throttled'
  | 'identity'
  | 'unknown'
  | 'signature'
  | 'expired'

const causes: Readonly<Record<string, Cause>> = {
  ResourceNotFoundException: 'not-found',
  AccessDeniedException: 'denied',
  DecryptionFailure: 'decrypt',
  // A secret pending deletion, or without a value yet.
  InvalidRequestException: 'unavailable',
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  LimitExceededException: 'throttled',
  // There are credentials, but AWS does not accept them.
  UnrecognizedClientException: 'unknown',
  InvalidClientTokenId: 'unknown',
  InvalidSignatureException: 'signature',
  SignatureDoesNotMatch: 'signature',
  RequestExpired: 'signature',
  ExpiredTokenException: 'expired',
  ExpiredToken: 'expired',
  MissingAuthenticationTokenException: 'identity',
  CredentialsProviderError: 'identity',
  TokenProviderError: 'identity',
}

export function awsProblem(error: unknown, { reference, region, node, signal }: AwsQuestion): Problem {
  if (signal.aborted) return interruption(signal)
  if (isProblem(error)) return error
  const { name, status } = shapeOf(error)
  const cause = isKeyRefusal(error, name) ? 'decrypt' : causes[name]
  switch (cause) {
    case 'not-found':
      return problem('SECRET_NOT_FOUND', { reference })
    case 'denied':
      return problem('SECRET_ACCESS_DENIED', { reference, ...asker(node) })
    case 'decrypt':
      return problem('SECRET_DECRYPT_DENIED', { reference, ...asker(node) })
    case 'unavailable':
      return problem('SECRET_UNAVAILABLE', { reference })
    case 'throttled':
      return problem('SECRET_MANAGER_THROTTLED', { reference })
    case 'identity':
    case 'unknown':
    case 'signature':
    case 'expired':
      return credentialsProblem(cause)
    case undefined:
      break
  }
  if (status === 429) return problem('SECRET_MANAGER_THROTTLED', { reference })
  if (status === null) return noAnswer(error, region)
  return status < 400 ? unusable({ reference }) : problem('SECRET_MANAGER_FAILED', { reference, http_status: status })
}

/** It is not in the published form. */
export function unusable({ reference }: Pick<AwsQuestion, 'reference'>): Problem {
  return problem('SECRET_ANSWER_UNUSABLE', { reference })
}

/** There was no answer, or none from a server that could prove to be the service. */
function noAnswer(error: unknown, region: string): Problem {
  const fault = tlsFault(error)
  return fault === null ? problem('SECRET_MANAGER_UNREACHABLE', { region }) : tlsProblem({ region }, fault)
}

/** The same, when STS was asked for the node's identity: no secret was read. */
export function stsProblem(error: unknown, { region, signal }: Pick<AwsQuestion, 'region' | 'signal'>): Problem {
  if (signal.aborted) return interruption(signal)
  const { name, status } = shapeOf(error)
  const cause = causes[name]
  if (cause === 'throttled') return problem('NODE_IDENTITY_UNAVAILABLE', { http_status: status ?? 429 })
  if (status === null) return cause === 'identity' ? identityMissing() : noAnswer(error, region)
  // An answer below 400 that cannot be read is not one of STS.
  if (status < 400 || status === 429 || status >= 500)
    return problem('NODE_IDENTITY_UNAVAILABLE', { http_status: status })
  // STS's other refusals are about the credentials.
  return credentialsProblem(cause)
}

function credentialsProblem(cause: Cause | undefined): Problem {
  if (cause === 'unknown') return problem('NODE_CREDENTIALS_UNKNOWN', { provider: 'aws' })
  if (cause === 'signature') return problem('NODE_SIGNATURE_REJECTED', { provider: 'aws' })
  if (cause === 'expired') return problem('NODE_CREDENTIALS_EXPIRED', { provider: 'aws' })
  return identityMissing()
}

/**
 * A refused key has the same type as a refused secret, and only the message differs. It is compared and dropped: AWS starts it with one of
 * two sentences, followed by names of secrets.
 */
function isKeyRefusal(error: unknown, name: string): boolean {
  if (name !== 'AccessDeniedException') return name.startsWith('KMS')
  return error instanceof Error && keyRefusal.test(error.message)
}

const keyRefusal = /^(?:Access to KMS is not allowed|User: \S{1,2048} is not authorized to perform: kms:)/

function asker({ region, accountId, role }: AwsAsker): Facts {
  return {
    provider: 'aws',
    region,
    ...(accountId !== undefined && { account: accountId }),
    ...(role != null && { role }),
  }
}

export function identityMissing(): Problem {
  return problem('NODE_IDENTITY_MISSING', { provider: 'aws' })
}

/** The SDK gives each answer of the service a name and its HTTP status; without them, no answer arrived. */
function shapeOf(error: unknown): { name: string; status: number | null } {
  if (!(error instanceof Error)) return { name: '', status: null }
  const metadata: unknown = '$metadata' in error ? error.$metadata : null
  const found = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
  const status = found && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null
  return { name: error.name, status }
}
