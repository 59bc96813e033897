/** Identifies what failed on the way to a registry by error codes and never by their text, which may quote what was sent (S9). */
import { problem, Problem, tlsFault, tlsProblem } from '@fairlead/contract/problems'
import { interruption } from '../../process/until-aborted.ts'

/** Anything not listed here is a connection that could not be made or was lost. */
const codes: Readonly<Record<string, 'dns' | 'timeout' | 'stalled' | 'protocol' | 'address'>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'stalled',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'protocol',
  FAIRLEAD_ADDRESS_REFUSED: 'address',
}

export interface NetworkContext {
  /** host[:port] of the server contacted. */
  readonly registry: string
  /** The caller's signal; if it aborts, the caller caused the failure. */
  readonly signal: AbortSignal
  readonly timeoutMs: number
}

export function networkProblem(error: unknown, { registry, signal, timeoutMs }: NetworkContext): Problem {
  if (error instanceof Problem) return error
  if (signal.aborted) return interruption(signal)
  const seconds = Math.round(timeoutMs / 1000)
  const code = codeOf(error)
  const fault = tlsFault(error)
  if (fault !== null) return tlsProblem({ registry }, fault)
  if (code.startsWith('HPE_') || isParserError(error)) return problem('REGISTRY_PROTOCOL', { registry })
  switch (isDeadline(error) ? 'timeout' : codes[code]) {
    case 'dns':
      return problem('REGISTRY_DNS', { registry })
    case 'timeout':
      return problem('REGISTRY_TIMEOUT', { registry, seconds })
    case 'stalled':
      return problem('PULL_STALLED', { registry, seconds })
    case 'protocol':
      return problem('REGISTRY_PROTOCOL', { registry })
    case 'address':
      return problem('REGISTRY_ADDRESS_REFUSED', { registry })
    case undefined:
      break
  }
  return problem('REGISTRY_UNREACHABLE', { registry })
}

/** Several addresses may have failed: the first meaningful code is reported. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  const inner = error instanceof AggregateError ? error.errors : 'cause' in error ? [error.cause] : []
  return inner.map(codeOf).find((code) => code !== '') ?? ''
}

/** The HTTP parser gives some of its errors no code. To undici, a 100 that no request asked for is a `bad response` of the socket. */
function isParserError(error: unknown): boolean {
  return (
    error instanceof Error && (error.name === 'HTTPParserError' || /^bad (?:response|upgrade)$/.test(error.message))
  )
}

function isDeadline(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}
