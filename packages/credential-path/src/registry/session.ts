/** One image's conversation with its registry: asks how to log in, logs in as planned, and repeats requests refused for an expired login. */
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { placeOf, type Authorization, type Place } from './auth/authorization.ts'
import { parseChallenges, type Challenge } from './auth/challenge.ts'
import type { Endpoint } from './endpoint.ts'
import { RegistryAuth, isRefusal, type LoginParts, type RenewLogin } from './auth/registry-auth.ts'
import { planLogin, type LoginPlan } from './auth/plan-login.ts'
import { untilAborted } from '../process/until-aborted.ts'
import { retrying } from './http/retry.ts'
import { isSuccess, unexpected } from './http/status.ts'
import type { AnswerHead, HttpAnswer, HttpRequest, WholeAnswer } from './http/transport.ts'

export interface SessionParts extends LoginParts {
  /** Whether a login will follow: if so, its realm is checked more strictly. */
  readonly willLogIn: boolean
}

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export class RegistrySession {
  readonly #parts: SessionParts
  readonly #login: RegistryAuth
  /** Whether `/v2/` itself asks for a login. */
  #asksAtOnce = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#login = new RegistryAuth(parts, (authorization, signal) => this.#ping(authorization, signal))
  }

  /** From here on, a login that the registry rejects is requested again, once. */
  renewLoginBy(renew: RenewLogin): void {
    this.#login.renewBy(renew)
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

  /** Null before the challenge, and if the registry asks for no login. */
  get plan(): LoginPlan | null {
    return this.#login.plan
  }

  /** `GET /v2/` without credentials. */
  ask(signal: AbortSignal): Promise<AnswerHead> {
    return this.#ping(null, signal)
  }

  /** Makes the plan from that answer, before any credentials are sent. */
  async challenge(signal: AbortSignal, asked: Promise<AnswerHead> | null = null): Promise<void> {
    const answer = await untilAborted(asked ?? this.ask(signal), signal)
    if (isSuccess(answer.status)) return
    if (answer.status !== 401) throw this.problemOf(answer)
    this.#login.plan = this.#planFrom(answer)
    this.#asksAtOnce = true
  }

  /** Logs in as planned. Basic is tried at `/v2/`, to detect a wrong password before any other request. */
  async login(signal: AbortSignal): Promise<void> {
    if (!this.plan) return
    const authorization = await this.#login.renew(signal)
    if (this.plan.kind !== 'basic') return
    const answer = await this.#ping(authorization, signal)
    if (!isSuccess(answer.status)) throw isRefusal(answer) ? this.#login.rejected() : this.problemOf(answer)
    this.#parts.login?.onReach('accepted')
  }

  /**
   * Whether `/v2/` admits our login but no anonymous client. We ask with its token, since a realm may issue one to a client it does not
   * know. Also false if no answer says so.
   */
  async isKnown(signal: AbortSignal): Promise<boolean> {
    if (!this.#asksAtOnce) return false
    // Logging in by Basic already asked this.
    if (this.plan?.kind === 'basic') return true
    try {
      const answer = await this.#ping(await this.#login.current(signal), signal)
      return isSuccess(answer.status)
    } catch (error) {
      if (!isProblem(error)) throw error
      return false
    }
  }

  /** What the realm grants when push is also requested; null if that is unknown without a push. The token is dropped. */
  grants(signal: AbortSignal): Promise<readonly string[] | null> {
    return this.#login.grants(signal)
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

  /** Asks another server, without a credential (S15). */
  openElsewhere(place: Place, request: RegistryRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { transport, retry } = this.#parts
    return retrying(() => transport.open({ ...request, place, authorization: null }, signal), retry, signal)
  }

  /** What a status means if no step knows better. */
  problemOf({ status }: AnswerHead): Problem {
    const { registry, repository } = this
    if (status !== 401 && status !== 403) return unexpected(status, registry)
    if (!this.#login.isThere) return problem('REGISTRY_AUTH_MISSING', { registry })
    return problem('REGISTRY_ACCESS_DENIED', { registry, repository })
  }

  /** Like `problemOf`; and if a login was refused, whether it is invalid there or only not allowed for this image. */
  async refusalOf(answer: AnswerHead, signal: AbortSignal): Promise<Problem> {
    if (!this.#login.isThere || !this.plan || (answer.status !== 401 && answer.status !== 403))
      return this.problemOf(answer)
    if (!(await this.#login.isGood(signal))) return this.#login.rejected()
    return problem('REGISTRY_ACCESS_DENIED', { registry: this.registry, repository: this.repository })
  }

  /** A 401 is answered once: by a first login if the registry had allowed `/v2/`, or by a new token if the old one expired. */
  async #authorized<Answer extends AnswerHead>(
    ask: (authorization: Authorization | null) => Promise<Answer & Partial<Pick<HttpAnswer, 'discard'>>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const used = await this.#login.current(signal)
    const first = await ask(used)
    if (used !== null && this.plan?.kind === 'basic') {
      const isRejected = await this.#login.isRejected(first, used, signal)
      if (!isRejected || !(await this.#login.hasOtherThan(used, signal))) return first
      await first.discard?.()
      return ask(await this.#login.current(signal))
    }
    if (first.status !== 401) return first
    if (used !== null && isDenial(first)) return first
    await first.discard?.()
    this.#login.plan ??= this.#planFrom(first)
    return ask(await this.#login.renew(signal))
  }

  #planFrom(answer: AnswerHead): LoginPlan {
    const { endpoint, willLogIn, trustedRealms } = this.#parts
    const challenges = challengesOf(answer)
    return planLogin({ endpoint, challenges, hasLogin: willLogIn, trustedRealms })
  }

  /** `GET /v2/`: with a login, and without one. */
  #ping(authorization: Authorization | null, signal: AbortSignal): Promise<WholeAnswer> {
    return this.#whole({ method: 'GET', path: '/v2/', headers: {} }, authorization, 64 * 1024, signal)
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

/** RFC 6750, section 3.1: the token is valid but not allowed to do this; a new one would not help. */
function isDenial(answer: AnswerHead): boolean {
  const challenges = challengesOf(answer)
  return challenges !== 'malformed' && challenges.some(({ params }) => params.get('error') === 'insufficient_scope')
}
