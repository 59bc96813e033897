/** The only error boundary: anything thrown leaves as a problem document (RFC 9457), and anything that was not a problem is logged. */
import { isProblem, problem, ProblemDocument, type Problem, type ProblemCode } from '@fairlead/contract/problems'
import { version } from '@fairlead/contract/release'
import { versionMisfit } from '@fairlead/contract/wire'

export function asProblem(error: unknown, onFault: (error: unknown) => void): Problem {
  if (isProblem(error)) return error
  onFault(error)
  return problem('INTERNAL')
}

const notUnderstood: ReadonlySet<ProblemCode> = new Set(['REQUEST_INVALID', 'ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED'])

/** `agent`: the version that the caller gives for itself, as agents do. A request of another version may be fine elsewhere. */
export function whyNotUnderstood(error: Problem, agent: string | undefined): Problem {
  if (agent === undefined || !notUnderstood.has(error.code)) return error
  return versionMisfit({ agent, controlPlane: version }) ?? error
}

export function problemResponse(error: Problem, requestId: string): Response {
  const body = JSON.stringify(ProblemDocument.parse(error.toDocument(requestId)))
  return new Response(body, {
    status: error.row.status,
    headers: { 'content-type': 'application/problem+json', ...headersOf(error) },
  })
}

const comesAgain: ReadonlySet<ProblemCode> = new Set([
  'JOIN_BUSY',
  'TOO_MANY_STREAMS',
  'SERVER_BUSY',
  'DATABASE_UNUSABLE',
])

export function headersOf(error: Problem): Record<string, string> {
  if (error.code === 'TOO_MANY_ATTEMPTS') return { 'retry-after': String(error.facts.seconds) }
  if (comesAgain.has(error.code)) return { 'retry-after': '5' }
  if (error.code === 'DATABASE_UNREACHABLE') return { 'retry-after': '2' }
  if (error.row.status !== 401) return {}
  // Node remembers the date of its answers for a second, and a node corrects its time by this one (R7).
  return { 'www-authenticate': 'Bearer', date: new Date().toUTCString() }
}
