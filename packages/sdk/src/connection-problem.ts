/** What a failed connection to the control plane means: its certificate is not trusted, and why, or it does not answer. */
import { problem, tlsFault, tlsProblem, type Problem } from '@fairlead/contract'

export function connectionProblem(host: string, error: unknown): Problem {
  const fault = tlsFault(error)
  // Who breaks off a handshake may be no server of TLS at all.
  return fault === null || fault.kind === 'handshake'
    ? problem('CONTROL_PLANE_UNREACHABLE', { host })
    : tlsProblem({ host }, fault)
}
