/** What a failed connection to the control plane means: its certificate is not trusted, or it does not answer. */
import { problem, type Problem } from '@fairlead/contract'

const notTrusted =
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_)/

/** `fetch` hides the system's code one or more causes deep. */
function codes(error: unknown): string[] {
  const found: string[] = []
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if ('code' in cause && typeof cause.code === 'string') found.push(cause.code)
  }
  return found
}

export function connectionProblem(host: string, error: unknown): Problem {
  return codes(error).some((code) => notTrusted.test(code))
    ? problem('CONTROL_PLANE_TLS', { host })
    : problem('CONTROL_PLANE_UNREACHABLE', { host })
}
