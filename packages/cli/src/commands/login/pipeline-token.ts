/** The ID token of a CI job, for one audience: GitHub Actions issues it on request, GitLab puts it in a variable. */
import { problem } from '@fairlead/contract/problems'
import { readText, type Fetch } from '@fairlead/sdk'
import { z } from 'zod'

type Environment = Readonly<Record<string, string | undefined>>

/** Where a job finds its token. */
export type TokenSource =
  | { readonly kind: 'variable'; readonly token: string }
  | { readonly kind: 'request'; readonly url: URL; readonly bearer: string }

const jwtPattern = /^[\w-]+\.[\w-]+\.[\w-]+$/
const longestToken = 8192
const answerLimit = 64 * 1024
const deadlineMs = 30_000

/** Throws CI_ID_TOKEN_MISSING. `audience`: the origin of the control plane, as the job itself was given it. */
export function tokenSource(env: Environment, audience: string): TokenSource {
  const missing = (reason: string) => problem('CI_ID_TOKEN_MISSING', { reason, host: audience })
  const given = env['FAIRLEAD_ID_TOKEN']
  if (given) {
    const claims = isToken(given) ? Claims.safeParse(parseJson(payloadOf(given))) : null
    if (!claims?.success) throw missing('what FAIRLEAD_ID_TOKEN holds is no ID token')
    // Whoever receives a token for another control plane could use it there.
    if (!isOnlyFor(audience, claims.data)) throw missing('FAIRLEAD_ID_TOKEN is not for this control plane alone')
    return { kind: 'variable', token: given }
  }
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = env
  if (!address || !bearer) throw missing(whyMissing(env))
  const url = URL.parse(address)
  // Whoever reads the bearer on the way can act as the job.
  if (url?.protocol !== 'https:') throw missing('ACTIONS_ID_TOKEN_REQUEST_URL is not an https address')
  if (!/^[\x21-\x7e]+$/.test(bearer)) throw missing('ACTIONS_ID_TOKEN_REQUEST_TOKEN cannot be sent in a header')
  url.searchParams.set('audience', audience)
  return { kind: 'request', url, bearer }
}

/** Read to keep it from others; the control plane verifies it. */
const Claims = z.object({ aud: z.union([z.string(), z.array(z.string())]).optional() })

const payloadOf = (token: string): string => Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()

function isOnlyFor(audience: string, { aud }: z.infer<typeof Claims>): boolean {
  const audiences = [aud].flat()
  return audiences.length === 1 && audiences[0] === audience
}

function whyMissing(env: Environment): string {
  if (env['GITHUB_ACTIONS']) return 'GitHub Actions issues one only to a job with the permission id-token: write'
  if (env['GITLAB_CI']) return 'FAIRLEAD_ID_TOKEN is not set; on GitLab, the keyword id_tokens sets it'
  return 'this is no job of GitHub Actions, and FAIRLEAD_ID_TOKEN is not set'
}

const Issued = z.object({ value: z.string() })

export async function pipelineToken(source: TokenSource, fetch: Fetch, signal: AbortSignal): Promise<string> {
  if (source.kind === 'variable') return source.token
  const { url, bearer } = source
  const refused = (reason: string) => problem('CI_ID_TOKEN_REFUSED', { host: url.host, reason })
  let status: number
  let text: string | null
  try {
    const answer = await fetch(url.href, {
      method: 'GET',
      headers: { authorization: `Bearer ${bearer}`, accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
    })
    status = answer.status
    text = await readText(answer.body, answerLimit)
  } catch {
    signal.throwIfAborted()
    throw refused('it does not answer')
  }
  if (status !== 200) throw refused(`it answers with HTTP ${status}`)
  const issued = Issued.safeParse(parseJson(text))
  if (!issued.success || !isToken(issued.data.value)) throw refused('its answer holds no ID token')
  return issued.data.value
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

const isToken = (text: string): boolean => text.length <= longestToken && jwtPattern.test(text)
