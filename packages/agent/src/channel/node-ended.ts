/** The control plane says that this is no longer a node: it will answer none of its requests again. */
import { isProblem, type ProblemOf } from '@fairlead/contract/problems'

export function isNodeEnded(error: unknown): error is ProblemOf<'NODE_REVOKED' | 'NODE_FORGOTTEN'> {
  return isProblem(error, 'NODE_REVOKED') || isProblem(error, 'NODE_FORGOTTEN')
}
