/** Refusals in our words where engines show them: containerd before 2.4 prints only the reason phrase, the others the body. Pure. */
import type { Problem, ProblemCode } from '@fairlead/contract/problems'

export interface Refusal {
  readonly status: number
  /** ASCII and short, as HTTP/1.1 requires. */
  readonly reason: string
  /** In the form of the distribution specification. */
  readonly body: string
}

interface Kind {
  readonly status: number
  readonly title: string
  /** The specification's own code. */
  readonly code: string
}

const forbidden: Kind = { status: 403, title: 'Forbidden', code: 'DENIED' }

/**
 * Everything else is a 403: engines repeat what a 5xx refuses for minutes. After a 404, those with containerd's library forget what we said
 * and ask the second host of their file, which they do not trust: they would report an unknown authority.
 */
const kinds: Partial<Record<ProblemCode, Kind>> = {
  DOOR_NEEDS_TICKET: { status: 401, title: 'Unauthorized', code: 'UNAUTHORIZED' },
  REGISTRY_RATE_LIMITED: { status: 429, title: 'Too Many Requests', code: 'TOOMANYREQUESTS' },
}

const longestReason = 500

/** `more`: what a probe compares. */
export function refusalOf(found: Problem, more = ''): Refusal {
  const { status, title, code } = kinds[found.code] ?? forbidden
  const words = `${found.what} (${found.code})${more === '' ? '' : ` ${more}`}. fix: ${found.fix}`
  const message = words.replaceAll(/[^ -~]/g, '?')
  return {
    status,
    reason: `${title}: ${message}`.slice(0, longestReason),
    body: JSON.stringify({ errors: [{ code, message }] }),
  }
}
