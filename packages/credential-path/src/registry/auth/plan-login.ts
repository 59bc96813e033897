/** Chooses how to answer a registry's challenge: a pure decision, made before anything is sent. */
import { printable, problem } from '@fairlead/contract/problems'
import type { Challenge } from './challenge.ts'
import type { Endpoint } from '../endpoint.ts'
import { judgeRealm, type RealmPair } from './realm-policy.ts'
import { parseStrictUrl } from '../http/strict-url.ts'

export type LoginPlan =
  | { readonly kind: 'bearer'; readonly realm: string; readonly service: string | null }
  | { readonly kind: 'basic' }

export interface LoginQuestion {
  readonly endpoint: Endpoint
  readonly challenges: readonly Challenge[] | 'malformed'
  readonly hasLogin: boolean
  readonly trustedRealms: readonly RealmPair[]
}

/** With a login: a trusted Bearer realm, otherwise Basic to the registry itself. Without: any realm that may be asked anonymously. */
export function planLogin(question: LoginQuestion): LoginPlan {
  const { challenges, endpoint, hasLogin } = question
  const { registry } = endpoint
  if (challenges === 'malformed') throw problem('CHALLENGE_MALFORMED', { registry })
  if (challenges.length === 0) throw problem('REGISTRY_PROTOCOL', { registry })

  const realms = challenges.filter(({ scheme, params }) => scheme === 'bearer' && params.has('realm'))
  const chosen = realms.find(({ params }) => mayAsk(params.get('realm') ?? '', question))
  if (chosen) {
    return { kind: 'bearer', realm: chosen.params.get('realm') ?? '', service: chosen.params.get('service') ?? null }
  }
  if (challenges.some(({ scheme }) => scheme === 'basic')) {
    if (!hasLogin) throw problem('REGISTRY_AUTH_MISSING', { registry })
    return { kind: 'basic' }
  }
  const [refused] = realms
  if (refused) {
    // For the node's own log: its owner decides whether that realm is right.
    const host = printable(refused.params.get('realm') ?? '')
    throw problem('TOKEN_REALM_NOT_TRUSTED', { registry, host })
  }
  throw problem('CHALLENGE_UNSUPPORTED', { registry })
}

/** An anonymous realm receives nothing secret, so any https host will do; plain http only if the registry itself is plain. */
function mayAsk(realm: string, { endpoint, hasLogin, trustedRealms }: LoginQuestion): boolean {
  if (judgeRealm(endpoint, realm, trustedRealms) === 'trusted') return true
  const url = parseStrictUrl(realm)
  if (hasLogin || !url) return false
  return url.scheme === 'https' || (endpoint.scheme === 'http' && url.host === endpoint.host)
}
