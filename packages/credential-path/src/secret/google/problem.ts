/** Identifies what Google Secret Manager refused, and which refusals are worth a retry. Pure. */
import { problem, type Problem } from '@fairlead/contract/problems'
import type { GoogleError } from './answer.ts'
import { identityMissing } from './token.ts'

/** `401` is separate: another token may work. */
export function isWorthAnotherTry(httpStatus: number): boolean {
  return httpStatus === 429 || httpStatus >= 500
}

/** Who asked for which secret: a fix needs it to give the one command that grants access. */
export interface GcpAsker {
  readonly reference: string
  readonly projectId: string
  /** Null: the node runs without a service account. */
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
  // A 404 that is not Google's own comes from a proxy or another server.
  if (httpStatus === 404 && status === 'NOT_FOUND') return problem('SECRET_NOT_FOUND', { reference })
  // A disabled or destroyed version.
  if (status === 'FAILED_PRECONDITION') return problem('SECRET_UNAVAILABLE', { reference })
  if (httpStatus === 429) return problem('SECRET_MANAGER_THROTTLED', { reference })
  return problem('SECRET_MANAGER_FAILED', { reference, http_status: httpStatus })
}
