/** What the status of an answer means. */
import { problem, type Problem } from '@fairlead/contract/problems'

/** The other statuses from 300 on name no other address: 304 answers a question that is never asked here. */
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

export const isSuccess = (status: number): boolean => status >= 200 && status <= 299

export const isRedirect = (status: number): boolean => redirects.has(status)

/** Of a registry, where neither a login nor what was asked for explains it. */
export function unexpected(status: number, registry: string): Problem {
  if (isRedirect(status)) return problem('REGISTRY_REDIRECT_REFUSED', { registry })
  if (status === 429) return problem('REGISTRY_RATE_LIMITED', { registry })
  if (status >= 500) return problem('REGISTRY_UNAVAILABLE', { registry, http_status: status })
  return problem('REGISTRY_PROTOCOL', { registry })
}
