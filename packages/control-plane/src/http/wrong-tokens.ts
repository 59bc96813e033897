/** A token that is wrong is told so, a few times; then that there were too many. Whatever route says it, it is counted. */
import { isProblem, problem, type ProblemCode } from '@fairlead/contract/problems'
import type { FailedAttempts } from '../identity/failed-attempts.ts'

const wrongToken: ReadonlySet<ProblemCode> = new Set([
  'TOKEN_INVALID',
  'JOIN_TOKEN_INVALID',
  'JOIN_TOKEN_EXPIRED',
  'JOIN_TOKEN_USED',
])

/** `network` gives where the request came from, and is asked only where it counts. */
export function countWrongToken(error: unknown, attempts: FailedAttempts, network: () => string): unknown {
  if (!isProblem(error) || !wrongToken.has(error.code)) return error
  const seconds = attempts.failed(network())
  return seconds === null ? error : problem('TOO_MANY_ATTEMPTS', { seconds })
}
