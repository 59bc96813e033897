/** One image's conversation with its registry: asks how to log in, logs in as planned, keeps the token fresh, repeats what was refused for its age. */
import { problem, type ImageReference, type Problem, type RegistryHost } from '@fairlead/contract'
import { untilAborted } from '../until-aborted.ts'
import type { BoundLogin } from '../login/bind-to.ts'
import { basicForRealm, basicForRegistry, bearer, placeOf, type Authorization } from './authorization.ts'
import { parseChallenges, type Challenge } from './challenge.ts'
import type { Endpoint } from './endpoint.ts'
import { planLogin, type LoginPlan } from './plan-login.ts'
import type { RealmPair } from './realm-policy.ts'
import { retrying, type RetryTiming } from './retry.ts'
import { parseStrictUrl } from './strict-url.ts'
import { fetchGrants, fetchToken, type TokenRequest } from './token.ts'
import type { AnswerHead, HttpAnswer, HttpRequest, Transport, WholeAnswer } from './transport.ts'

export interface SessionParts {
  readonly transport: Transport
  readonly endpoint: Endpoint
  readonly registry: RegistryHost
  readonly image: ImageReference
  readonly login: BoundLogin | null
  /** Whether a login is to follow: where one is, its realm is judged more strictly. */
  readonly willLogIn: boolean
  readonly trustedRealms: readonly RealmPair[]
  readonly retry: RetryTiming
}

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

interface Held {
  readonly authorization: Authorization
  /** On the clock that only goes forward; Infinity for Basic. */
  readonly renewAt: number
}

export class RegistrySession {
  readonly #parts: SessionParts
  #plan: LoginPlan | null = null
  #held: Held | null = null
  #renewal: Promise<Held> | null = null

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  get registry(): string {
    return this.#parts.endpoint.registry
  }

  get repository(): string {
    return this.#parts.image.path
  }

  get endpoint(): Endpoint {
    return this.#parts.endpoint
  }

  /** Null before the challenge, and where the registry asks for no login. */
  get plan(): LoginPlan | null {
    return this.#plan
  }

  /** `GET /v2/` without credentials; the plan is made here, before any is sent. */
  async challenge(signal: AbortSignal): Promise<void> {
    const answer = await this.#whole({ method: 'GET', path: '/v2/', headers: {} }, null, 64 * 1024, signal)
    if (answer.status >= 200 && answer.status <= 299) return
    if (answer.status !== 401) throw this.problemOf(answer)
    this.#plan = this.#planFrom(answer)
  }

  /** Logs in as planned. Basic is tried at `/v2/`, so that a wrong password is known before anything else is asked. */
  async login(signal: AbortSignal): Promise<void> {
    if (!this.#plan) return
    const { authorization } = await this.#renew(signal)
    if (this.#plan.kind !== 'basic') return
    const answer = await this.#whole({ method: 'GET', path: '/v2/', headers: {} }, authorization, 64 * 1024, signal)
    if (answer.status >= 300) throw this.problemOf(answer)
  }

  /** What the realm grants where push is asked for as well; null where nobody can tell without a push. The token is dropped. */
  async grants(signal: AbortSignal): Promise<readonly string[] | null> {
    const { transport, retry } = this.#parts
    if (this.#plan?.kind !== 'bearer') return null
    return fetchGrants(transport, { ...this.#tokenRequest(this.#plan), actions: 'pull,push' }, retry, signal)
  }

  async whole(request: RegistryRequest, limit: number, signal: AbortSignal): Promise<WholeAnswer> {
    return this.#authorized((authorization) => this.#whole(request, authorization, limit, signal), signal)
  }

  async open(request: RegistryRequest, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#authorized((authorization) => {
      const ask = () => this.#parts.transport.open(this.#request(request, authorization), signal)
      return retrying(ask, this.#parts.retry, signal)
    }, signal)
  }

  /** What a status means where no step knows better. */
  problemOf({ status }: AnswerHead): Problem {
    const { registry, repository } = this
    if (status >= 300 && status <= 399) return problem('REGISTRY_REDIRECT_REFUSED', { registry })
    if (status === 401 || status === 403) {
      if (!this.#parts.login) return problem('REGISTRY_AUTH_MISSING', { registry })
      // Basic proves the password anew in each request; a token was given for a password that was right.
      if (status === 401 && this.#plan?.kind === 'basic') return problem('REGISTRY_LOGIN_REJECTED', { registry })
      return problem('REGISTRY_ACCESS_DENIED', { registry, repository })
    }
    if (status === 429) return problem('REGISTRY_RATE_LIMITED', { registry })
    if (status >= 500) return problem('REGISTRY_UNAVAILABLE', { registry, http_status: status })
    return problem('REGISTRY_PROTOCOL', { registry })
  }

  /** A 401 is answered once: by a first login where the registry had let `/v2/` pass, or by a new token where the old one aged. */
  async #authorized<Answer extends AnswerHead>(
    ask: (authorization: Authorization | null) => Promise<Answer & Partial<Pick<HttpAnswer, 'discard'>>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const first = await ask(await this.#current(signal))
    if (first.status !== 401) return first
    const had = this.#held !== null
    if (had && this.#plan?.kind === 'basic') return first
    if (had && isDenial(first)) return first
    await first.discard?.()
    this.#plan ??= this.#planFrom(first)
    return ask((await this.#renew(signal)).authorization)
  }

  async #current(signal: AbortSignal): Promise<Authorization | null> {
    if (!this.#held) return null
    if (performance.now() < this.#held.renewAt) return this.#held.authorization
    return (await this.#renew(signal)).authorization
  }

  /** Layers that come side by side share one renewal, and none of them can end it for the others. */
  async #renew(signal: AbortSignal): Promise<Held> {
    this.#renewal ??= this.#obtain(new AbortController().signal).finally(() => {
      this.#renewal = null
    })
    this.#held = await untilAborted(this.#renewal, signal)
    return this.#held
  }

  async #obtain(signal: AbortSignal): Promise<Held> {
    const { transport, endpoint, login, retry } = this.#parts
    const plan = this.#plan
    const place = placeOf(endpoint)
    if (!plan) throw problem('INTERNAL')
    if (plan.kind === 'basic') {
      if (!login) throw problem('REGISTRY_AUTH_MISSING', { registry: this.registry })
      return { authorization: basicForRegistry(login, place), renewAt: Infinity }
    }
    const { token, lifeSeconds } = await fetchToken(transport, this.#tokenRequest(plan), retry, signal)
    return { authorization: bearer(token, place), renewAt: performance.now() + lifeSeconds * 800 }
  }

  #tokenRequest({ realm: url, service }: Extract<LoginPlan, { kind: 'bearer' }>): TokenRequest {
    const { registry, image, login, trustedRealms } = this.#parts
    const authorization = login ? basicForRealm(login, registry, url, trustedRealms) : null
    const realm = parseStrictUrl(url)
    if (!realm) throw problem('CHALLENGE_MALFORMED', { registry: this.registry })
    return { realm, service, repository: image.path, authorization, registry: this.registry }
  }

  #planFrom(answer: AnswerHead): LoginPlan {
    const { endpoint, registry, willLogIn, trustedRealms } = this.#parts
    const challenges = challengesOf(answer)
    return planLogin({ registry, endpoint, challenges, hasLogin: willLogIn, trustedRealms })
  }

  #whole(
    request: RegistryRequest,
    authorization: Authorization | null,
    limit: number,
    signal: AbortSignal,
  ): Promise<WholeAnswer> {
    const { transport, retry } = this.#parts
    return retrying(() => transport.whole(this.#request(request, authorization), limit, signal), retry, signal)
  }

  #request({ method, path, headers }: RegistryRequest, authorization: Authorization | null): HttpRequest {
    return { method, path, headers, authorization, place: placeOf(this.#parts.endpoint) }
  }
}

function challengesOf(answer: AnswerHead): readonly Challenge[] | 'malformed' {
  return parseChallenges(answer.all('www-authenticate'))
}

/** RFC 6750, section 3.1: the token is good, and may not do this; a new one would be no better. */
function isDenial(answer: AnswerHead): boolean {
  const challenges = challengesOf(answer)
  return challenges !== 'malformed' && challenges.some(({ params }) => params.get('error') === 'insufficient_scope')
}
