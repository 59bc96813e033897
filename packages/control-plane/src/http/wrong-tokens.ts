/** A wrong token is rejected as such a few times; then the answer is too many attempts. Counted on every route. */
import { isProblem, problem, type ProblemCode } from '@fairlead/contract/problems'
import type { FailedAttempts } from '../identity/failed-attempts.ts'

const wrongToken: ReadonlySet<ProblemCode> = new Set([
  'TOKEN_INVALID',
  'JOIN_TOKEN_INVALID',
  'JOIN_TOKEN_EXPIRED',
  'JOIN_TOKEN_USED',
  'ID_TOKEN_INVALID',
])

/** `network` returns where the request came from, and is called only if the attempt counts. */
export function countWrongToken(error: unknown, attempts: FailedAttempts, network: () => string): unknown {
  if (!isProblem(error) || !wrongToken.has(error.code)) return error
  const seconds = attempts.failed(network())
  return seconds === null ? error : problem('TOO_MANY_ATTEMPTS', { seconds })
}
