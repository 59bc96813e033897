/**
 * The login for one image's conversation with its registry: keeps the credentials fresh, checks whether they are still valid after a
 * refusal, and requests the login again, once, if the registry rejects it.
 */
import { type ImageReference } from '@fairlead/contract/names'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { untilAborted } from '../../process/until-aborted.ts'
import type { BoundLogin } from '../../match/bind-to.ts'
import { basicForRealm, basicForRegistry, bearer, placeOf, type Authorization } from './authorization.ts'
import type { Endpoint } from '../endpoint.ts'
import type { LoginPlan } from './plan-login.ts'
import type { RealmPair } from './realm-policy.ts'
import type { RetryTiming } from '../http/retry.ts'
import { isSuccess } from '../http/status.ts'
import { parseStrictUrl } from '../http/strict-url.ts'
import { grantedActions } from './granted-actions.ts'
import { askRealm, readToken, type TokenRequest } from './token.ts'
import type { AnswerHead, Transport } from '../http/transport.ts'

export interface LoginParts {
  readonly transport: Transport
  readonly endpoint: Endpoint
  readonly image: ImageReference
  readonly login: BoundLogin | null
  readonly trustedRealms: readonly RealmPair[]
  readonly retry: RetryTiming
}

/** Requests the login again; null if it has not changed. */
export type RenewLogin = (signal: AbortSignal) => Promise<BoundLogin | null>

/** `GET /v2/`, which shows whether a Basic login is accepted. */
export type Ping = (authorization: Authorization, signal: AbortSignal) => Promise<AnswerHead>

type BearerPlan = Extract<LoginPlan, { kind: 'bearer' }>

interface Held {
  readonly authorization: Authorization
  /** On the monotonic clock; Infinity for Basic. */
  readonly renewAt: number
}

export class RegistryAuth {
  readonly #parts: LoginParts
  readonly #ping: Ping
  /** Null before the challenge, and if the registry asks for no login. */
  plan: LoginPlan | null = null
  #held: Held | null = null
  #renewal: Promise<Held> | null = null
  #login: BoundLogin | null
  /** The login found to be invalid: it is not sent again. */
  #worthless: BoundLogin | null = null
  #renewLogin: RenewLogin | null = null
  #rotation: Promise<void> | null = null

  constructor(parts: LoginParts, ping: Ping) {
    this.#parts = parts
    this.#ping = ping
    this.#login = parts.login
  }

  /** From here on, a login that the registry rejects is requested again, once. */
  renewBy(renew: RenewLogin): void {
    this.#renewLogin = renew
  }

  get isThere(): boolean {
    return this.#login !== null
  }

  /** What to send now; null if nothing has been obtained yet. */
  async current(signal: AbortSignal): Promise<Authorization | null> {
    if (!this.#held) return null
    return performance.now() < this.#held.renewAt ? this.#held.authorization : this.renew(signal)
  }

  /** Concurrent layers share one renewal, and none of them can cancel it for the others. */
  async renew(signal: AbortSignal): Promise<Authorization> {
    this.#renewal ??= this.#obtain(new AbortController().signal).finally(() => {
      this.#renewal = null
    })
    this.#held = await untilAborted(this.#renewal, signal)
    return this.#held.authorization
  }

  /** What the realm grants when push is also requested; null if that is unknown without a push. The token is dropped. */
  async grants(signal: AbortSignal): Promise<readonly string[] | null> {
    if (this.plan?.kind !== 'bearer') return null
    return grantedActions(await this.#askRealm(this.plan, 'pull,push', signal), this.#parts.image.path)
  }

  /** For a Basic login: a 403 may be about this image, or about a login that has expired, as another layer may already know. */
  async isRejected({ status }: AnswerHead, used: Authorization, signal: AbortSignal): Promise<boolean> {
    if (status !== 403) return status === 401
    return this.#held?.authorization !== used || !(await this.isGood(signal))
  }

  /** Whether a changed password is known by now; concurrent layers find out together. */
  async hasOtherThan(rejected: Authorization, signal: AbortSignal): Promise<boolean> {
    if (this.#held?.authorization === rejected) await this.#rotate(signal)
    return this.#held?.authorization !== rejected
  }

  /**
   * Asked as `docker login` does, for no image. Registries do not distinguish a wrong password from a missing right: Harbor issues a token
   * for both, GitHub's realm a 403, Nexus a 401. If no answer comes, the first one stands.
   */
  async isGood(signal: AbortSignal): Promise<boolean> {
    const login = this.#login
    if (login === null || login === this.#worthless) return false
    const isGood = await this.#isTaken(login, signal)
    if (!isGood) this.#worthless = login
    return isGood
  }

  rejected(): Problem {
    return problem('REGISTRY_LOGIN_REJECTED', { registry: this.#parts.endpoint.registry })
  }

  async #isTaken(login: BoundLogin, signal: AbortSignal): Promise<boolean> {
    try {
      if (this.plan?.kind === 'bearer') {
        readToken(await this.#askRealm(this.plan, 'none', signal), this.#parts.endpoint.registry)
        login.onReach('accepted')
        return true
      }
      const answer = await this.#ping(this.#basic(login).authorization, signal)
      // If `/v2/` requires a login, it was already reported above that the registry knows this one.
      if (isSuccess(answer.status)) login.onReach('unproved')
      return !isRefusal(answer)
    } catch (error) {
      if (signal.aborted || !isProblem(error)) throw error
      return !isRefusedLogin(error)
    }
  }

  /** Once per conversation, so that a registry cannot force repeated reads of the secret. */
  async #rotate(signal: AbortSignal): Promise<void> {
    this.#rotation ??= this.#takeRenewed(new AbortController().signal)
    await untilAborted(this.#rotation, signal)
  }

  async #takeRenewed(signal: AbortSignal): Promise<void> {
    const renewed = (await this.#renewLogin?.(signal)) ?? null
    if (renewed === null) return
    this.#login = renewed
    if (this.plan?.kind === 'basic') this.#held = this.#basic(renewed)
  }

  async #obtain(signal: AbortSignal): Promise<Held> {
    const { plan } = this
    if (!plan) throw problem('INTERNAL')
    if (plan.kind === 'basic') {
      if (!this.#login) throw problem('REGISTRY_AUTH_MISSING', { registry: this.#parts.endpoint.registry })
      return this.#basic(this.#login)
    }
    const rejected = this.#login
    try {
      return await this.#token(plan, signal)
    } catch (error) {
      const isRight = isProblem(error, 'REGISTRY_ACCESS_DENIED') && (await this.isGood(signal))
      if (isRight || !isRefusedLogin(error)) throw error
      await this.#rotate(signal)
      if (this.#login === rejected) throw this.rejected()
      return this.#token(plan, signal)
    }
  }

  #basic(login: BoundLogin): Held {
    return { authorization: basicForRegistry(login, placeOf(this.#parts.endpoint)), renewAt: Infinity }
  }

  async #token(plan: BearerPlan, signal: AbortSignal): Promise<Held> {
    const { endpoint } = this.#parts
    const login = this.#login
    const { token, lifeSeconds } = readToken(await this.#askRealm(plan, 'pull', signal), endpoint.registry)
    // Harbor issues a token to anyone if the password is wrong and the image public.
    login?.onReach('unproved')
    return { authorization: bearer(token, placeOf(endpoint)), renewAt: performance.now() + lifeSeconds * 800 }
  }

  async #askRealm(
    { realm: url, service }: BearerPlan,
    actions: TokenRequest['actions'],
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { transport, image, trustedRealms, endpoint, retry } = this.#parts
    const login = this.#login
    const authorization = login ? basicForRealm(login, endpoint, url, trustedRealms) : null
    const realm = parseStrictUrl(url)
    if (!realm) throw problem('CHALLENGE_MALFORMED', { registry: endpoint.registry })
    const request = { realm, service, repository: image.path, actions, authorization, registry: endpoint.registry }
    return askRealm(transport, request, retry, signal)
  }
}

const isRefusedLogin = (error: unknown): boolean =>
  isProblem(error, 'REGISTRY_LOGIN_REJECTED') || isProblem(error, 'REGISTRY_ACCESS_DENIED')

/** For `/v2/` with a login, which it asks for: only the login can be wrong. Amazon ECR answers 400 to an unreadable login, 403 to an expired one. */
export const isRefusal = ({ status }: AnswerHead): boolean => status === 400 || status === 401 || status === 403
