/** What a failed connection to the control plane means: its certificate is not trusted, and why, or it does not answer. */
import { isProblem, problem, tlsFault, tlsProblem, type Problem } from '@fairlead/contract/problems'

/** `fetch` hides the error of a caller's own `fetch` one or more causes deep. */
function causes(error: unknown): Error[] {
  const found: Error[] = []
  for (let cause: unknown = error; cause instanceof Error && found.length < 5; cause = cause.cause) found.push(cause)
  return found
}

export function connectionProblem(host: string, error: unknown): Problem {
  const told = causes(error).find((cause) => isProblem(cause))
  if (told !== undefined) return told
  const fault = tlsFault(error)
  return fault === null ? problem('CONTROL_PLANE_UNREACHABLE', { host }) : tlsProblem({ host }, fault)
}
