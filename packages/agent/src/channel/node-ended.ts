/** That the control plane says that this node is none any more: no request of it will be answered again. */
import { isProblem, type ProblemOf } from '@fairlead/contract/problems'

export function isNodeEnded(error: unknown): error is ProblemOf<'NODE_REVOKED' | 'NODE_FORGOTTEN'> {
  return isProblem(error, 'NODE_REVOKED') || isProblem(error, 'NODE_FORGOTTEN')
}
