/** Logs in to a registry for one image: challenge, realm, token. A pull continues with the manifest and gets a ticket; a door gets the repository. */
import { effectiveTag, registryOf, type ImageReference } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import type { BoundLogin } from '../match/bind-to.ts'
import type { NodePolicy } from '../policy/node-policy.ts'
import { registryAllowed } from '../policy/registry-allowed.ts'
import { fetchBlob } from './image/blob.ts'
import { endpointOf, type Endpoint } from './endpoint.ts'
import type { OnConnection } from './http/guarded-connect.ts'
import type { RenewLogin } from './auth/registry-auth.ts'
import type { LoginPlan } from './auth/plan-login.ts'
import type { NodePlatform } from './image/platform.ts'
import { mayPush } from './auth/probe-rights.ts'
import { isLoginProved, lookWithoutLogin } from './auth/prove-login.ts'
import { repositoryOf, type LoginUse, type PullTicket } from './image/pull-ticket.ts'
import { resolveImage, type FetchBlob, type ResolveHooks } from './image/resolve-image.ts'
import { openRepository, type OpenRepository } from './repository.ts'
import { defaultRetry, type RetryTiming } from './http/retry.ts'
import { RegistrySession } from './session.ts'
import { defaultTiming, Transport, type AnswerHead, type TransportTiming } from './http/transport.ts'

export interface LoginOrder {
  readonly image: ImageReference
  /** Null: anonymous. */
  readonly login: BoundLogin | null
  /** For a login that the registry rejects, at any point: the password may have changed. */
  readonly renewLogin?: RenewLogin
  /** From `ask`; if absent, the registry is asked when its turn comes. */
  readonly asked?: FirstAnswer | null
}

export interface AdmitOrder extends LoginOrder {
  /** What to pull regardless of the tag; null: the image's own digest or tag decides. */
  readonly digest: string | null
  readonly platform: NodePlatform
}

export interface LoginHooks<Step extends string = 'challenge' | 'login'> {
  /** Called when a step begins; the previous one is then done. */
  readonly onStep: (step: Step) => void
  /** How we will log in to the registry; null if it asks for no login. */
  readonly onPlan?: (plan: LoginPlan | null) => void
  /** A request is retried, including one for a blob later on. */
  readonly onRetry?: () => void
}

export interface AdmitHooks extends LoginHooks<'challenge' | 'login' | 'resolve'>, ResolveHooks {}

export interface Rights {
  /** Null if unknown. */
  readonly push: boolean | null
  /** Whether the image is available anonymously. */
  readonly withoutLogin: boolean
}

/** What the registry says to a client without credentials. A failure is thrown where it is awaited. */
export type FirstAnswer = Promise<AnswerHead>

/** Throws only Problems. */
export interface RegistryClient extends AsyncDisposable {
  /** The first request of an admission. It has no credentials, so it can be sent before there are any. */
  ask(image: ImageReference, hooks: Pick<LoginHooks, 'onRetry'>, signal: AbortSignal): FirstAnswer
  admit(order: AdmitOrder, hooks: AdmitHooks, signal: AbortSignal): Promise<PullTicket>
  /** The steps `challenge` and `login` of an admission; then whatever the login may have of the image's repository. */
  open(order: LoginOrder, hooks: LoginHooks, signal: AbortSignal): Promise<OpenRepository>
  /** Only the step `challenge` of an admission: how we would log in to the registry. No login is sent. */
  challenge(image: ImageReference, signal: AbortSignal): Promise<LoginPlan | null>
  /** Asked by doctor; what is granted is dropped. */
  rights(order: Omit<AdmitOrder, 'platform'>, signal: AbortSignal): Promise<Rights>
}

export interface RegistryClientOptions {
  readonly timing?: TransportTiming
  readonly retry?: RetryTiming
  readonly onConnection?: OnConnection
}

/** One for the life of an agent: all pulls share its connections, but never its logins. */
export function openRegistryClient(policy: NodePolicy, options: RegistryClientOptions = {}): RegistryClient {
  const transport = new Transport(policy, options.timing ?? defaultTiming, options.onConnection)
  const standardRetry = options.retry ?? defaultRetry

  const converse = (
    image: ImageReference,
    login: BoundLogin | null,
    { willLogIn = login !== null, retry = standardRetry }: { willLogIn?: boolean; retry?: RetryTiming } = {},
  ): RegistrySession => {
    const registry = registryOf(image)
    if (!registryAllowed(policy, image)) throw problem('REGISTRY_NOT_ALLOWED', { registry: registry.key })
    const endpoint = endpointOf(registry, policy)
    if (willLogIn && endpoint.anonymousOnly) throw problem('REGISTRY_PLAIN_HTTP', { registry: endpoint.registry })
    if (login) mayLogIn(login, image, endpoint)
    const trustedRealms = policy.trusted_realms
    return new RegistrySession({ transport, endpoint, image, login, willLogIn, trustedRealms, retry })
  }

  const logIn = async (
    { image, login, asked = null }: LoginOrder,
    { onStep, onPlan }: LoginHooks,
    retry: RetryTiming,
    signal: AbortSignal,
  ): Promise<RegistrySession> => {
    const session = converse(image, login, { retry })
    onStep('challenge')
    await session.challenge(signal, asked)
    onPlan?.(session.plan)
    onStep('login')
    await session.login(signal)
    return session
  }

  const retryFor = ({ onRetry }: Pick<LoginHooks, 'onRetry'>): RetryTiming =>
    onRetry === undefined ? standardRetry : { ...standardRetry, onRetry }

  const renewDuring = (session: RegistrySession, { image, renewLogin }: LoginOrder): void => {
    if (!renewLogin) return
    session.renewLoginBy(async (asked) => {
      const renewed = await renewLogin(asked)
      if (renewed) mayLogIn(renewed, image, session.endpoint)
      return renewed
    })
  }

  const loginUseOf = async (
    session: RegistrySession,
    { image, login }: LoginOrder,
    reference: string,
    retry: RetryTiming,
    signal: AbortSignal,
  ): Promise<LoginUse> => {
    if (login === null) return 'none'
    const withoutLogin = () => converse(image, null, { willLogIn: true, retry })
    const isProved = await isLoginProved(session, withoutLogin, reference, signal)
    if (isProved) login.onReach('accepted')
    else if (session.plan !== null) login.onReach('unproved')
    return isProved ? 'proved' : session.plan === null ? 'unsent' : 'unproved'
  }

  const admitOnce = async (order: AdmitOrder, hooks: AdmitHooks, signal: AbortSignal): Promise<PullTicket> => {
    const { image, digest, platform } = order
    const retry = retryFor(hooks)
    const session = await logIn(order, hooks, retry, signal)
    hooks.onStep('resolve')
    const wanted = { image, digest, platform, maxImageBytes: policy.max_image_bytes, hooks }
    const dropping = new AbortController()
    const wantsConfig = AbortSignal.any([signal, dropping.signal])
    const fetchConfig: FetchBlob = (descriptor, span) => fetchBlob(session, descriptor, span, wantsConfig)
    const resolved = await resolveImage(session, wanted, fetchConfig, signal)
    renewDuring(session, order)
    return {
      ...resolved,
      where: repositoryOf(image),
      dropConfig: () => dropping.abort(),
      loginUse: (asked) => loginUseOf(session, order, resolved.digest, retry, asked),
      fetchBlob: (descriptor, span, signal) => fetchBlob(session, descriptor, span, signal),
    }
  }

  const openOnce = async (order: LoginOrder, hooks: LoginHooks, signal: AbortSignal): Promise<OpenRepository> => {
    const retry = retryFor(hooks)
    const session = await logIn(order, hooks, retry, signal)
    renewDuring(session, order)
    return openRepository(session, (reference, asked) => loginUseOf(session, order, reference, retry, asked))
  }

  /** A login that the registry rejects is read again once: its password may have changed. */
  const renewing = async <Order extends LoginOrder, Result>(
    order: Order,
    signal: AbortSignal,
    work: (order: Order) => Promise<Result>,
  ): Promise<Result> => {
    try {
      return await work(order)
    } catch (error) {
      if (!isProblem(error, 'REGISTRY_LOGIN_REJECTED')) throw error
      const renewed = (await order.renewLogin?.(signal)) ?? null
      if (renewed === null) throw error
      return work({ ...order, login: renewed })
    }
  }

  return {
    ask(image, hooks, signal) {
      const ask = async () => converse(image, null, { retry: retryFor(hooks) }).ask(signal)
      const answer = ask()
      answer.catch(() => 'thrown where it is awaited')
      return answer
    },
    admit: (order, hooks, signal) => renewing(order, signal, (now) => admitOnce(now, hooks, signal)),
    open: (order, hooks, signal) => renewing(order, signal, (now) => openOnce(now, hooks, signal)),
    async challenge(image, signal) {
      const session = converse(image, null, { willLogIn: true })
      await session.challenge(signal)
      return session.plan
    },
    async rights({ image, login, digest }, signal) {
      const [push, look] = await Promise.all([
        login === null ? false : mayPush(converse(image, login), signal),
        // With a login we ask no realm that is not trusted with it, even anonymously.
        lookWithoutLogin(converse(image, null, { willLogIn: login !== null }), digest ?? referenceOf(image), signal),
      ])
      return { push, withoutLogin: look === 'open' }
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
}

const referenceOf = (image: ImageReference): string => image.digest ?? effectiveTag(image) ?? 'latest'

/** A login is used for the image it was bound to, over a scheme that it allows. */
function mayLogIn(login: BoundLogin, image: ImageReference, endpoint: Endpoint): void {
  const { registry } = endpoint
  const sameImage = login.image.domain === image.domain && login.image.path === image.path
  if (!sameImage || !login.mayGoTo(endpoint)) throw problem('CREDENTIAL_SERVER_MISMATCH', { registry })
}
