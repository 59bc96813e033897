/**
 * Asks a registry how to log in, for an engine that will do so itself. An engine chooses freely among the challenges, so every realm
 * offered must be allowed to have the login; our own client needs only one.
 */
import { type RegistryHost } from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'
import type { NodePolicy } from '../policy/node-policy.ts'
import { placeOf } from './auth/authorization.ts'
import { parseChallenges } from './auth/challenge.ts'
import { endpointOf } from './endpoint.ts'
import { planLogin } from './auth/plan-login.ts'
import { judgeRealm } from './auth/realm-policy.ts'
import { defaultRetry, retrying, type RetryTiming } from './http/retry.ts'
import { isSuccess, unexpected } from './http/status.ts'
import { parseStrictUrl } from './http/strict-url.ts'
import { Transport } from './http/transport.ts'

export interface EngineLogin {
  /** `open`: the registry let us in without a login, so we do not know where one would go. */
  readonly kind: 'login' | 'open'
  /** Whether the login would travel unencrypted, to a realm on loopback. */
  readonly inPlain: boolean
}

/** Throws only Problems; TOKEN_REALM_NOT_TRUSTED if any realm offered may not have a login. */
export interface EngineLoginCheck extends AsyncDisposable {
  check(registry: RegistryHost, signal: AbortSignal): Promise<EngineLogin>
}

/** An engine waits for the answer, and a user waits for the engine. */
const timing = { connectMs: 5_000, silenceMs: 10_000, wholeMs: 15_000 }
const answerLimit = 64 * 1024

export function openEngineLoginCheck(policy: NodePolicy, retry: RetryTiming = defaultRetry): EngineLoginCheck {
  const transport = new Transport(policy, timing)
  return {
    async check(registry, signal) {
      const endpoint = endpointOf(registry, policy)
      if (endpoint.anonymousOnly) throw problem('REGISTRY_PLAIN_HTTP', { registry: registry.key })
      const question = { method: 'GET', place: placeOf(endpoint), path: '/v2/', authorization: null } as const
      const answer = await retrying(() => transport.whole(question, answerLimit, signal), retry, signal)
      const inPlain = endpoint.scheme === 'http'
      const letsIn = isSuccess(answer.status)
      if (!letsIn && answer.status !== 401) throw unexpected(answer.status, registry.key)
      const challenges = parseChallenges(answer.all('www-authenticate'))
      // zot lets everyone in for its public repositories, and also says how to log in for the others.
      if (letsIn && challenges.length === 0) return { kind: 'open', inPlain }
      planLogin({ endpoint, challenges, hasLogin: true, trustedRealms: policy.trusted_realms })
      const realms = (challenges === 'malformed' ? [] : challenges)
        .filter(({ scheme }) => scheme === 'bearer')
        .map(({ params }) => params.get('realm') ?? '')
      const refused = realms.find((realm) => judgeRealm(endpoint, realm, policy.trusted_realms) !== 'trusted')
      if (refused !== undefined) {
        throw problem('TOKEN_REALM_NOT_TRUSTED', { registry: registry.key, host: printable(refused) })
      }
      return { kind: 'login', inPlain: inPlain || realms.some((realm) => parseStrictUrl(realm)?.scheme === 'http') }
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
}
