/** One request to an identity provider: confidential on the way, no redirect, a deadline, a short answer. */
import { printable, problem, tlsFault, type Problem } from '@fairlead/contract/problems'
import { shortAnswer } from '../short-answer.ts'
import { isConfidentialUrl } from './settings.ts'

const deadlineMs = 10_000
const limitBytes = 512 * 1024

export interface ProviderRequest {
  readonly method?: string | undefined
  readonly headers?: Headers | Readonly<Record<string, string>> | undefined
  readonly body?: URLSearchParams | string | null | undefined
}

export const providerUnreachable = (host: string, reason: string): Problem =>
  problem('IDENTITY_PROVIDER_UNREACHABLE', { host: printable(host), reason })

/** Throws IDENTITY_PROVIDER_UNREACHABLE. */
export async function fetchFromProvider(url: string, request: ProviderRequest): Promise<Response> {
  const { host } = new URL(url)
  if (!isConfidentialUrl(url)) throw providerUnreachable(host, 'it would be asked over plain http')
  const { method = 'GET', headers = {}, body = null } = request
  try {
    // A redirect would carry the client's secret to wherever it points; one that is not followed is no usable answer.
    const signal = AbortSignal.timeout(deadlineMs)
    const answer = await fetch(url, { method, headers, body, redirect: 'manual', signal })
    const { status, headers: answered } = answer
    const answeredBody = answer.body && (await shortAnswer(limitBytes, answer.body))
    return new Response(answeredBody, { status, headers: answered })
  } catch (error) {
    throw providerUnreachable(host, whyNoAnswer(error))
  }
}

/** In our own words, from codes. */
function whyNoAnswer(error: unknown): string {
  const tls = tlsFault(error)
  if (tls !== null) return tlsReasons[tls.kind]
  if (error instanceof RangeError) return `its answer is longer than ${limitBytes} bytes`
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'it takes longer than 10 seconds'
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  return connectionReasons[code] ?? 'the connection breaks'
}

const connectionReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
}

const tlsReasons = {
  untrusted: 'its certificate is not of an authority that this system trusts',
  expired: 'its certificate has expired',
  'not-yet-valid': 'its certificate is not valid yet',
  misnamed: 'its certificate is for another name',
  handshake: 'it does not speak TLS',
} as const
