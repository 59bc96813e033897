/** One image's conversation with its registry: asks how to log in, logs in as planned, keeps the token fresh, repeats what was refused for its age. */
import { isProblem, problem, type ImageReference, type Problem, type RegistryHost } from '@fairlead/contract'
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

/** Asks for the login again; null where there is no other by now. */
export type RenewLogin = (signal: AbortSignal) => Promise<BoundLogin | null>

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
  #login: BoundLogin | null
  /** The login that was found to be good for nothing: it is not sent in vain again. */
  #worthless: BoundLogin | null = null
  #renewLogin: RenewLogin | null = null
  #rotation: Promise<void> | null = null

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#login = parts.login
  }

  /** From here on a login that the registry rejects is asked for again, once. */
  renewLoginBy(renew: RenewLogin): void {
    this.#renewLogin = renew
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
    if (answer.status >= 300) throw isRefusal(answer) ? this.#rejected() : this.problemOf(answer)
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
      if (!this.#login) return problem('REGISTRY_AUTH_MISSING', { registry })
      return problem('REGISTRY_ACCESS_DENIED', { registry, repository })
    }
    if (status === 429) return problem('REGISTRY_RATE_LIMITED', { registry })
    if (status >= 500) return problem('REGISTRY_UNAVAILABLE', { registry, http_status: status })
    return problem('REGISTRY_PROTOCOL', { registry })
  }

  /** As `problemOf`; and where a login was refused, whether it is good for nothing there or only not for this image. */
  async refusalOf(answer: AnswerHead, signal: AbortSignal): Promise<Problem> {
    if (!this.#login || !this.#plan || (answer.status !== 401 && answer.status !== 403)) return this.problemOf(answer)
    if (!(await this.#isLoginGood(signal))) return this.#rejected()
    return problem('REGISTRY_ACCESS_DENIED', { registry: this.registry, repository: this.repository })
  }

  /** A 401 is answered once: by a first login where the registry had let `/v2/` pass, or by a new token where the old one aged. */
  async #authorized<Answer extends AnswerHead>(
    ask: (authorization: Authorization | null) => Promise<Answer & Partial<Pick<HttpAnswer, 'discard'>>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const used = await this.#current(signal)
    const first = await ask(used)
    if (used !== null && this.#plan?.kind === 'basic') {
      if (!(await this.#rejects(first, used, signal)) || !(await this.#hasOtherThan(used, signal))) return first
      await first.discard?.()
      return ask(await this.#current(signal))
    }
    if (first.status !== 401) return first
    if (used !== null && isDenial(first)) return first
    await first.discard?.()
    this.#plan ??= this.#planFrom(first)
    return ask((await this.#renew(signal)).authorization)
  }

  /** Of a login by Basic: a 403 may be about this image, or about a login that expired meanwhile, as another layer may know by now. */
  async #rejects({ status }: AnswerHead, used: Authorization, signal: AbortSignal): Promise<boolean> {
    if (status !== 403) return status === 401
    return this.#held?.authorization !== used || !(await this.#isLoginGood(signal))
  }

  /**
   * Asked as `docker login` does it, for no image. Registries say a wrong password and a missing right alike: Harbor has a token for
   * both, GitHub's realm a 403, Nexus a 401. Where no answer comes the first one stands.
   */
  async #isLoginGood(signal: AbortSignal): Promise<boolean> {
    const login = this.#login
    if (login === null || login === this.#worthless) return false
    const isGood = await this.#isTaken(login, signal)
    if (!isGood) this.#worthless = login
    return isGood
  }

  async #isTaken(login: BoundLogin, signal: AbortSignal): Promise<boolean> {
    const { transport, retry } = this.#parts
    try {
      if (this.#plan?.kind === 'bearer') {
        await fetchToken(transport, { ...this.#tokenRequest(this.#plan), actions: 'none' }, retry, signal)
        return true
      }
      const ping = { method: 'GET', path: '/v2/', headers: {} } as const
      return !isRefusal(await this.#whole(ping, this.#basic(login).authorization, 64 * 1024, signal))
    } catch (error) {
      if (signal.aborted || !isProblem(error)) throw error
      return !isRefusedLogin(error)
    }
  }

  #rejected(): Problem {
    return problem('REGISTRY_LOGIN_REJECTED', { registry: this.registry })
  }

  /** Whether a password that was changed is known by now; the layers that come side by side find out together. */
  async #hasOtherThan(rejected: Authorization, signal: AbortSignal): Promise<boolean> {
    if (this.#held?.authorization === rejected) await this.#rotate(signal)
    return this.#held?.authorization !== rejected
  }

  /** Once in a conversation, so that a registry cannot make the secret be read again and again. */
  async #rotate(signal: AbortSignal): Promise<void> {
    this.#rotation ??= this.#takeRenewed(new AbortController().signal)
    await untilAborted(this.#rotation, signal)
  }

  async #takeRenewed(signal: AbortSignal): Promise<void> {
    const renewed = (await this.#renewLogin?.(signal)) ?? null
    if (renewed === null) return
    this.#login = renewed
    if (this.#plan?.kind === 'basic') this.#held = this.#basic(renewed)
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
    const plan = this.#plan
    if (!plan) throw problem('INTERNAL')
    if (plan.kind === 'basic') {
      if (!this.#login) throw problem('REGISTRY_AUTH_MISSING', { registry: this.registry })
      return this.#basic(this.#login)
    }
    const rejected = this.#login
    try {
      return await this.#token(plan, signal)
    } catch (error) {
      const isRight = isProblem(error, 'REGISTRY_ACCESS_DENIED') && (await this.#isLoginGood(signal))
      if (isRight || !isRefusedLogin(error)) throw error
      await this.#rotate(signal)
      if (this.#login === rejected) throw this.#rejected()
      return this.#token(plan, signal)
    }
  }

  #basic(login: BoundLogin): Held {
    return { authorization: basicForRegistry(login, placeOf(this.#parts.endpoint)), renewAt: Infinity }
  }

  async #token(plan: Extract<LoginPlan, { kind: 'bearer' }>, signal: AbortSignal): Promise<Held> {
    const { transport, endpoint, retry } = this.#parts
    const { token, lifeSeconds } = await fetchToken(transport, this.#tokenRequest(plan), retry, signal)
    return { authorization: bearer(token, placeOf(endpoint)), renewAt: performance.now() + lifeSeconds * 800 }
  }

  #tokenRequest({ realm: url, service }: Extract<LoginPlan, { kind: 'bearer' }>): TokenRequest {
    const { registry, image, trustedRealms } = this.#parts
    const login = this.#login
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

const isRefusedLogin = (error: unknown): boolean =>
  isProblem(error, 'REGISTRY_LOGIN_REJECTED') || isProblem(error, 'REGISTRY_ACCESS_DENIED')

/** Of `/v2/` with a login, which without one asked for one: it can be about nothing else. Amazon ECR says 400 to a login that it cannot read, and 403 to one that expired. */
const isRefusal = ({ status }: AnswerHead): boolean => status === 400 || status === 401 || status === 403

/** RFC 6750, section 3.1: the token is good, and may not do this; a new one would be no better. */
function isDenial(answer: AnswerHead): boolean {
  const challenges = challengesOf(answer)
  return challenges !== 'malformed' && challenges.some(({ params }) => params.get('error') === 'insufficient_scope')
}
