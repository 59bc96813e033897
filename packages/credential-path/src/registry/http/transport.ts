/** HTTP to registries and token realms: no redirects, no cookies, no proxy from the environment, no encodings, size limits on every answer. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parseRegistryHost, sameHostAndPort, type RegistryHost } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { Agent, ProxyAgent, type Dispatcher } from 'undici'
import type { Redacted } from '../../match/redacted.ts'
import { readOwnerCa } from '../../policy/owner-ca.ts'
import type { NodePolicy } from '../../policy/node-policy.ts'
import { bytesUpTo } from '../../process/bytes-up-to.ts'
import { fileVersion } from '../../process/file-version.ts'
import { samePlace, type Authorization, type Place } from '../auth/authorization.ts'
import { guardedConnector, mayConnect, type OnConnection } from './guarded-connect.ts'
import { trustsUsers } from '../../loopback/trusted-server.ts'
import { beforeFirstByte } from './before-first-byte.ts'
import { networkProblem, type NetworkContext } from './network-problem.ts'
import { atPace } from './pace.ts'
import { isSuccess } from './status.ts'
import { isLoopbackUrl, originOf, parseStrictUrl, placeName } from './strict-url.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD'
  readonly place: Place
  /** From the first slash on, query included. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly authorization: Authorization | null
}

export interface AnswerHead {
  readonly status: number
  /** The last value of a header; null if there is none. */
  readonly header: (name: string) => string | null
  readonly all: (name: string) => readonly string[]
}

export interface HttpAnswer extends AnswerHead {
  /** Throws a Problem if the connection is cut or stalls. */
  readonly body: AsyncIterable<Uint8Array>
  /** Drops the body. */
  readonly discard: () => Promise<void>
}

export interface WholeAnswer extends AnswerHead {
  /** Empty if the status is not 2xx: the body of an error is never read. */
  readonly bytes: Uint8Array
}

export interface TransportTiming {
  readonly connectMs: number
  /** Until the answer's headers arrive, and between two chunks of its body. */
  readonly silenceMs: number
  /** For a whole small answer. */
  readonly wholeMs: number
}

export const defaultTiming: TransportTiming = { connectMs: 10_000, silenceMs: 30_000, wholeMs: 60_000 }

const maxPlaces = 64
/** For the unread rest of an answer, so that its connection can be reused. */
const discardMs = 1000

interface KnownDispatcher {
  readonly dispatcher: Dispatcher
  /** The file of authorities at that time; null if the system's apply. */
  readonly authorities: string | null
}

type TransportPolicy = Pick<
  NodePolicy,
  'registry_ca' | 'proxy' | 'loopback_registries' | 'loopback_users' | 'trusted_realms'
>

export class Transport implements AsyncDisposable {
  readonly #policy: TransportPolicy
  readonly #timing: TransportTiming
  readonly #onConnection: OnConnection
  readonly #dispatchers = new Map<string, KnownDispatcher>()

  constructor(
    policy: TransportPolicy,
    timing: TransportTiming = defaultTiming,
    onConnection: OnConnection = () => undefined,
  ) {
    this.#policy = policy
    this.#timing = timing
    this.#onConnection = onConnection
  }

  /** Requests an answer whose body is read as a stream. */
  async open(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { place, authorization } = request
    const context = this.#context(place, signal, this.#timing.silenceMs)
    if (authorization && !samePlace(authorization.place, place)) throw problem('INTERNAL')
    // undici reuses a connection only in the turn after its answer has ended; asked before then, it opens another one.
    await nextTurn()
    try {
      const dispatcher = this.#dispatcher(place)
      const sender = authorization?.onSend ? dispatcher.compose(beforeFirstByte(authorization.onSend)) : dispatcher
      const answer = await sender.request({
        origin: originOf(place),
        method: request.method,
        path: request.path,
        headers: requestHeaders(request.headers ?? {}, authorization?.header ?? null),
        // By default, undici closes a connection after HEAD.
        reset: false,
        onInfo: interimFor(this.#timing.silenceMs, context),
        signal,
      })
      return await judged(answer, context)
    } catch (error) {
      throw networkProblem(error, context)
    }
  }

  /** Requests a small answer as a whole, within its size limit and one deadline. */
  async whole(request: HttpRequest, limit: number, signal: AbortSignal): Promise<WholeAnswer> {
    const context = this.#context(request.place, signal, this.#timing.wholeMs)
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(this.#timing.wholeMs)])
    try {
      const answer = await this.open(request, deadline)
      const { status, header, all } = answer
      if (isSuccess(status) && request.method !== 'HEAD') {
        const tooLong = () => problem('REGISTRY_PROTOCOL', { registry: context.registry })
        return { status, header, all, bytes: await bytesUpTo(limit, answer.body, tooLong) }
      }
      await answer.discard()
      return { status, header, all, bytes: new Uint8Array() }
    } catch (error) {
      if (deadline.aborted && !signal.aborted) throw networkProblem(deadline.reason, context)
      throw networkProblem(error, context)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#dispatchers.values()].map(({ dispatcher }) => dispatcher.destroy()))
    this.#dispatchers.clear()
  }

  #context(place: Place, signal: AbortSignal, timeoutMs: number): NetworkContext {
    return { registry: placeName(place), signal, timeoutMs }
  }

  #dispatcher(place: Place): Dispatcher {
    const origin = originOf(place)
    const path = this.#caFileOf(place)
    const authorities = path === null ? null : fileVersion(path)
    const known = this.#dispatchers.get(origin)
    if (known?.authorities === authorities) return known.dispatcher
    // Created first: if the new authorities cannot be read, nothing is forgotten, and nothing is requested.
    const dispatcher = this.#makeDispatcher(
      place,
      path === null ? null : readOwnerCa(path, `registry_ca.${placeName(place)}`),
    )
    this.#forget(origin)
    this.#dispatchers.set(origin, { dispatcher, authorities })
    this.#forgetOldest()
    return dispatcher
  }

  /** A registry may redirect to ever new hosts; the oldest connections are closed once their answers have ended. */
  #forgetOldest(): void {
    const [oldest] = this.#dispatchers.keys()
    if (oldest !== undefined && this.#dispatchers.size > maxPlaces) this.#forget(oldest)
  }

  /** Answers in progress still complete. */
  #forget(origin: string): void {
    void this.#dispatchers.get(origin)?.dispatcher.close()
    this.#dispatchers.delete(origin)
  }

  #makeDispatcher(place: Place, ca: string | null): Dispatcher {
    const allowLoopback = this.#isListedLoopback(place)
    const { connectMs, silenceMs } = this.#timing
    const options = { headersTimeout: silenceMs, bodyTimeout: silenceMs, maxHeaderSize: 64 * 1024, connections: 16 }
    if (this.#policy.proxy !== null && !allowLoopback) {
      // The proxy resolves the name, so only a literal address can be checked here.
      if (/^[\d.]+$|^\[/.test(place.host) && !mayConnect(place.host, false)) {
        throw problem('REGISTRY_ADDRESS_REFUSED', { registry: placeName(place) })
      }
      return new ProxyAgent({
        ...options,
        uri: this.#policy.proxy,
        allowH2: false,
        requestTls: ca === null ? {} : { ca },
      })
    }
    return new Agent({
      ...options,
      allowH2: false,
      connect: guardedConnector({
        ca,
        allowLoopback,
        timeoutMs: connectMs,
        judgeUser: trustsUsers(this.#policy.loopback_users, (uid) =>
          problem('REGISTRY_OF_ANOTHER_USER', { registry: placeName(place), uid }),
        ),
        onConnection: this.#onConnection,
      }),
    })
  }

  /** S23: loopback alone earns no trust: this scheme, host and port must be in the node's file. */
  #isListedLoopback(place: Place): boolean {
    const { loopback_registries, trusted_realms } = this.#policy
    const isHere = (text: string) => {
      const url = parseStrictUrl(text)
      return url !== null && samePlace(url, place)
    }
    // A realm elsewhere is trusted with a login, not with this machine, and is reached through the proxy like everything else.
    return (
      loopback_registries.some(isHere) || (isLoopbackUrl(place) && trusted_realms.some(({ realm }) => isHere(realm)))
    )
  }

  /** The node's file names the authorities for a host; the system's then do not apply to it. */
  #caFileOf(place: Place): string | null {
    const named = Object.entries(this.#policy.registry_ca)
    const isHere = (registry: RegistryHost | null) =>
      registry !== null && sameHostAndPort(registry, place, { defaultPort: 443 })
    return named.find(([host]) => isHere(parseRegistryHost(host)))?.[1] ?? null
  }
}

function requestHeaders(headers: Readonly<Record<string, string>>, authorization: Redacted<string> | null) {
  const plain = { 'user-agent': 'fairlead', 'accept-encoding': 'identity', ...headers }
  return authorization ? authorization.spend((value) => ({ ...plain, authorization: value })) : plain
}

/** undici restarts its timer at each interim answer (1xx), so a registry could send them forever (S9). */
function interimFor(silenceMs: number, { registry }: NetworkContext): () => void {
  let firstAt: number | null = null
  return () => {
    firstAt ??= performance.now()
    if (performance.now() - firstAt <= silenceMs) return
    throw problem('REGISTRY_TIMEOUT', { registry, seconds: Math.round(silenceMs / 1000) })
  }
}

/** An encoding that was not requested could turn 200 kB into 200 MB (S9). */
async function judged(answer: Dispatcher.ResponseData, context: NetworkContext): Promise<HttpAnswer> {
  const all = (name: string): readonly string[] => {
    const value = answer.headers[name]
    return value === undefined ? [] : Array.isArray(value) ? value : [value]
  }
  const discard = async () => {
    // The status is already decisive; the rest changes nothing, so we do not wait for it long.
    const rest = { limit: 16 * 1024, signal: AbortSignal.timeout(discardMs) }
    await answer.body.dump(rest).catch(() => answer.body.on('error', () => {}).destroy())
  }
  const encodings = all('content-encoding').filter((value) => value.toLowerCase() !== 'identity')
  if (encodings.length > 0) {
    answer.body.on('error', () => {}).destroy()
    throw problem('REGISTRY_PROTOCOL', { registry: context.registry })
  }
  return {
    status: answer.statusCode,
    header: (name) => all(name).at(-1) ?? null,
    all,
    body: named(answer.body, context),
    discard,
  }
}

async function* named(body: AsyncIterable<Uint8Array>, context: NetworkContext): AsyncIterable<Uint8Array> {
  try {
    const { registry, timeoutMs } = context
    const stalled = () => problem('PULL_STALLED', { registry, seconds: Math.round(timeoutMs / 1000) })
    yield* atPace(body, timeoutMs, stalled)
  } catch (error) {
    throw networkProblem(error, context)
  }
}
