/** One request to an identity provider: confidential on the way, no redirect, a deadline, a short answer. */
import { printable, problem, type Problem } from '@fairlead/contract/problems'
import { isConfidentialUrl } from './settings.ts'

const deadlineMs = 10_000
const limitBytes = 512 * 1024

export interface ProviderRequest {
  readonly method?: string | undefined
  readonly headers?: Headers | Readonly<Record<string, string>> | undefined
  readonly body?: URLSearchParams | string | null | undefined
}

export const providerUnreachable = (host: string): Problem =>
  problem('IDENTITY_PROVIDER_UNREACHABLE', { host: printable(host) })

/** Throws IDENTITY_PROVIDER_UNREACHABLE. */
export async function fetchFromProvider(url: string, request: ProviderRequest): Promise<Response> {
  const { host } = new URL(url)
  if (!isConfidentialUrl(url)) throw providerUnreachable(host)
  const { method = 'GET', headers = {}, body = null } = request
  try {
    // A redirect would carry the client's secret to wherever it points; one that is not followed is no usable answer.
    const signal = AbortSignal.timeout(deadlineMs)
    const answer = await fetch(url, { method, headers, body, redirect: 'manual', signal })
    const { status, headers: answered } = answer
    return new Response(await shortBody(answer), { status, headers: answered })
  } catch {
    throw providerUnreachable(host)
  }
}

async function shortBody(answer: Response): Promise<Uint8Array<ArrayBuffer> | null> {
  if (answer.body === null) return null
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body) {
    size += chunk.byteLength
    if (size > limitBytes) throw new RangeError('the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
