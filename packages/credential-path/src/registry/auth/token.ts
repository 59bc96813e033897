/** Fetches a pull's single token from a realm, for `repository:<path>:pull`; any other is only to see what would be granted, never to use it. */
import { problem, type Problem } from '@fairlead/contract/problems'
import { z } from 'zod'
import { Redacted } from '../../match/redacted.ts'
import { parseJson } from '../../process/parse-json.ts'
import type { Authorization } from './authorization.ts'
import { isRedirect } from '../http/status.ts'
import { retrying, type RetryTiming } from '../http/retry.ts'
import { placeName, type StrictUrl } from '../http/strict-url.ts'
import type { Transport, WholeAnswer } from '../http/transport.ts'

export interface TokenRequest {
  readonly realm: StrictUrl
  readonly service: string | null
  readonly repository: string
  /** Null: anonymous. */
  readonly authorization: Authorization | null
  /** How problems name the registry. */
  readonly registry: string
  /** `none`: no scope, only to check whether the login is known. */
  readonly actions: 'pull' | 'pull,push' | 'none'
}

export interface RegistryToken {
  readonly token: Redacted<string>
  readonly lifeSeconds: number
}

const answerLimit = 64 * 1024
const tokenLimit = 16 * 1024
/** RFC 6750, section 2.1; anything else never enters a header (S9). */
const b64token = /^[A-Za-z0-9._~+/-]+=*$/
const TokenText = z.string().min(1).max(tokenLimit).regex(b64token)
const Answer = z.looseObject({
  token: z.string().nullish(),
  access_token: z.string().nullish(),
  expires_in: z.number().optional().catch(undefined),
})

/** The bytes of the realm's answer. */
export async function askRealm(
  transport: Transport,
  request: TokenRequest,
  retry: RetryTiming,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { realm, authorization } = request
  const place = { scheme: realm.scheme, host: realm.host, port: realm.port }
  const attempt = () =>
    transport.whole({ method: 'GET', place, path: tokenPath(request), authorization }, answerLimit, signal)
  const answer = await retrying(attempt, retry, signal).catch((error: unknown) => {
    throw realmProblem(error, request)
  })
  if (answer.status !== 200) throw refusal(answer, request)
  return answer.bytes
}

export function tokenPath({
  realm,
  service,
  repository,
  actions,
}: Pick<TokenRequest, 'realm' | 'service' | 'repository' | 'actions'>): string {
  // What the token is for is ours to say (S4): the realm would take a scope that the registry put into its address as one more.
  const own = realm.query
    .slice(1)
    .split('&')
    .filter((part) => !new URLSearchParams(part).has('scope'))
  const query = new URLSearchParams()
  if (service !== null) query.set('service', service)
  if (actions !== 'none') query.set('scope', `repository:${repository}:${actions}`)
  return `${realm.path || '/'}?${[...own, query.toString()].filter((part) => part !== '').join('&')}`
}

export function readToken(bytes: Uint8Array, registry: string): RegistryToken {
  const invalid = () => problem('TOKEN_ANSWER_INVALID', { registry })
  const answer = Answer.safeParse(parseJson(bytes))
  if (!answer.success) throw invalid()
  const token = TokenText.safeParse(answer.data.token || answer.data.access_token)
  if (!token.success) throw invalid()
  // 60 s if the realm gives no lifetime, as the distribution specification says.
  const life = answer.data.expires_in
  const lifeSeconds = life !== undefined && life > 0 && life <= 86_400 ? life : 60
  return { token: new Redacted(token.data), lifeSeconds }
}

function refusal({ status }: WholeAnswer, { registry, repository, authorization }: TokenRequest): Problem {
  if (isRedirect(status)) return problem('REGISTRY_REDIRECT_REFUSED', { registry })
  if (status === 401 || status === 403) {
    if (!authorization) return problem('REGISTRY_AUTH_MISSING', { registry })
    return status === 401
      ? problem('REGISTRY_LOGIN_REJECTED', { registry })
      : problem('REGISTRY_ACCESS_DENIED', { registry, repository })
  }
  if (status === 429) return problem('REGISTRY_RATE_LIMITED', { registry })
  return problem('TOKEN_REALM_FAILED', { registry, http_status: status })
}

/** On the realm's own host, a lost connection is attributed to the realm; a name or certificate problem is reported with the realm's host. */
function realmProblem(error: unknown, { registry, realm }: TokenRequest): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  const lost = ['REGISTRY_UNREACHABLE', 'REGISTRY_TIMEOUT', 'REGISTRY_DNS', 'PULL_STALLED'].includes(String(code))
  if (lost) return problem('TOKEN_REALM_UNREACHABLE', { registry, host: placeName(realm) })
  return code === 'REGISTRY_PROTOCOL' ? problem('TOKEN_ANSWER_INVALID', { registry }) : error
}
