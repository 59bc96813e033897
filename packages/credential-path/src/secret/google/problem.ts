/** Names what Google Secret Manager refused, and says which refusals are worth another try. Pure. */
import { problem, type Problem } from '@fairlead/contract/problems'
import type { GoogleError } from './answer.ts'
import { identityMissing } from './token.ts'

/** `401` is apart: another token may do. */
export function isWorthAnotherTry(httpStatus: number): boolean {
  return httpStatus === 429 || httpStatus >= 500
}

/** Who asked for which secret: what a fix needs to name the one command that lets it. */
export interface GcpAsker {
  readonly reference: string
  readonly projectId: string
  /** Null: the node runs as no service account. */
  readonly email: string | null
}

export function gcpProblem(httpStatus: number, { status, reasons }: GoogleError, asker: GcpAsker): Problem {
  const { reference } = asker
  if (reasons.includes('SERVICE_DISABLED')) return problem('SECRET_MANAGER_DISABLED', { reference })
  if (reasons.includes('ACCESS_TOKEN_SCOPE_INSUFFICIENT')) return problem('NODE_SCOPE_TOO_NARROW', { reference })
  if (httpStatus === 401) return identityMissing()
  if (httpStatus === 403) {
    const role = asker.email === null ? {} : { role: asker.email }
    return problem('SECRET_ACCESS_DENIED', { reference, provider: 'gcp', account: asker.projectId, ...role })
  }
  // A 404 that is not Google's own is a proxy's, or another server's.
  if (httpStatus === 404 && status === 'NOT_FOUND') return problem('SECRET_NOT_FOUND', { reference })
  // A version that is disabled or destroyed.
  if (status === 'FAILED_PRECONDITION') return problem('SECRET_UNAVAILABLE', { reference })
  if (httpStatus === 429) return problem('SECRET_MANAGER_THROTTLED', { reference })
  return problem('SECRET_MANAGER_FAILED', { reference, http_status: httpStatus })
}
