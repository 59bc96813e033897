/** Assembles the routes: authenticate, authorize, parse the request, do the work, and send only what the contract names. */
import { type HostAndPort } from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'
import { version } from '@fairlead/contract/release'
import { versionHeader, type AuditAct } from '@fairlead/contract/wire'
import { Hono, type Context } from 'hono'
import type { Logger } from 'pino'
import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { recogniseApiCaller, requireStillValid, type ApiCaller } from '../identity/api-caller.ts'
import type { NodeAccess, NodeCaller, NodeRecogniser } from '../identity/node-caller.ts'
import { requireMay } from '../identity/roles.ts'
import type { FailedAttempts } from '../identity/failed-attempts.ts'
import type { Incoming, Outgoing } from '../server.ts'
import { scopedReader, scopedTransaction } from '../store/scoped-store.ts'
import type { Store } from '../store/store.ts'
import { auditEvent, type Act } from '../audit/event.ts'
import { alreadySent } from './already-sent.ts'
import { healthPaths } from './health.ts'
import { compressedWhereAccepted } from './compressed.ts'
import type { ConsoleFiles } from './console-files.ts'
import { requireOwnHost } from './host-header.ts'
import { answerOnce, readIdempotencyKey, requestHash, type KeyedAnswer } from './idempotency.ts'
import { readWith } from './invalid-request.ts'
import { asProblem, problemResponse, whyNotUnderstood } from './problems.ts'
import { parseJsonBody, readBody } from './request-body.ts'
import { networkOf } from './network-of.ts'
import type { RefusedActs } from '../audit/refused-acts.ts'
import type { Call, RequestFacts, Route } from './route.ts'
import type { Room, UnverifiedBytes } from './unverified-bytes.ts'
import { appendAudit } from '../audit/append.ts'
import { countWrongToken } from './wrong-tokens.ts'

export interface AppParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  /** The host and port of the origin. */
  readonly own: HostAndPort
  readonly routes: readonly Route[]
  readonly console: ConsoleFiles | null
  readonly nodes: Pick<NodeRecogniser, 'admit' | 'recognise'>
  readonly nodesBytes: UnverifiedBytes
  readonly strangersBytes: UnverifiedBytes
  readonly onApiCall: (caller: ApiCaller) => void
  readonly failedAttempts: FailedAttempts
  readonly refusedActs: RefusedActs
  readonly onFault: (error: unknown) => void
  readonly onAnswer: (answer: { method: string; route: string; status: number; seconds: number }) => void
}

interface Environment {
  Bindings: { incoming: Incoming; outgoing: Outgoing }
  Variables: { requestId: string; route: string; address: string }
}

export type App = Hono<Environment>

const nodeRoutes = '/api/v1/nodes/me/'

export function createApp(parts: AppParts): App {
  const app = new Hono<Environment>()

  app.use(async (context, next) => {
    const started = performance.now()
    const requestId = `req_${randomBytes(12).toString('base64url')}`
    context.set('requestId', requestId)
    context.set('route', '-')
    // With HTTP/2, a closed connection no longer has an address.
    context.set('address', context.env.incoming.socket.remoteAddress ?? '')
    setUsualHeaders(context.env.outgoing, requestId)
    await next()
    if (context.res === alreadySent) return
    const { status } = context.res
    const route = context.get('route')
    const ms = performance.now() - started
    parts.onAnswer({ method: context.req.method, route, status, seconds: ms / 1000 })
    // What nodes say when all is well would bury everything else.
    const level = route.startsWith(nodeRoutes) && status < 400 ? 'debug' : 'info'
    parts.log[level]({ request_id: requestId, method: context.req.method, route, status, ms: Math.round(ms) })
  })

  app.use(async (context, next) => {
    if (!healthPaths.has(context.req.path)) {
      for (const named of hostsOf(context)) requireOwnHost(named, parts.own)
    }
    await next()
  })

  for (const [path, routes] of byPath(parts.routes)) {
    for (const route of routes) {
      app.on(route.method.toUpperCase(), path, async (context) => {
        context.set('route', route.path)
        return answerCall(parts, route, context).catch((error: unknown) => {
          throw countWrongToken(error, parts.failedAttempts, () => new FactsOf(context).address)
        })
      })
    }
    const allow = routes.map((route) => route.method.toUpperCase()).join(', ')
    app.all(path, (context) => {
      context.env.outgoing.setHeader('allow', allow)
      throw problem('METHOD_NOT_ALLOWED', { method: printable(context.req.method) })
    })
  }

  app.notFound((context) => {
    const { method, path } = context.req
    const page = parts.console?.answer({ method, path, header: (name) => context.req.header(name) }) ?? null
    if (page !== null) return page
    throw problem('ROUTE_NOT_FOUND')
  })
  app.onError((error, context) => {
    const found = whyNotUnderstood(asProblem(error, parts.onFault), context.req.header(versionHeader))
    return problemResponse(found, context.get('requestId'))
  })
  return app
}

/** On Node's own response: a header that is added to a finished Response makes its body a stream. What the route answers comes before these. */
function setUsualHeaders(outgoing: Outgoing, requestId: string): void {
  outgoing.setHeader('x-request-id', requestId)
  outgoing.setHeader('x-content-type-options', 'nosniff')
  outgoing.setHeader(versionHeader, version)
  outgoing.setHeader('cache-control', 'no-store')
}

/** The names the request was addressed to: its Host header and, over HTTP/2, its authority. */
function hostsOf(context: Context<Environment>): Set<string> {
  const { incoming } = context.env
  const authority = 'authority' in incoming ? incoming.authority : undefined
  const named = [context.req.header('host'), authority].filter((host) => host !== undefined)
  return new Set(named.length === 0 ? [new URL(context.req.url).host] : named)
}

/** Who calls, and what was sent. */
interface Received {
  readonly caller: ApiCaller | NodeCaller | null
  readonly body: Uint8Array
}

const noBytes = new Uint8Array()

async function answerCall(parts: AppParts, route: Route, context: Context<Environment>): Promise<Response> {
  const { access } = route
  if (access === 'public') return workOf(parts, route, context, await fromStranger(parts, route, context))
  if (access === 'node' || access === 'node-key') {
    return workOf(parts, route, context, await fromNode(parts, route, context, access))
  }
  const caller = await recogniseApiCaller(parts.store.reader, context.req.header('authorization'), parts.clock())
  const act = route.audit === null ? null : actOf(parts, route.audit, caller, context)
  try {
    requireMay(caller, route)
    parts.onApiCall(caller)
    return await workOf(parts, route, context, { caller, body: await bodyOf(route, context, null) }, act)
  } catch (error) {
    if (act !== null) await parts.refusedActs.note(act, error)
    throw error
  }
}

async function bodyOf(route: Route, context: Context<Environment>, room: Room | null): Promise<Uint8Array> {
  return route.body === null ? noBytes : readBody(context.env.incoming, route.bodyLimit, room)
}

async function fromStranger(parts: AppParts, route: Route, context: Context<Environment>): Promise<Received> {
  using room = parts.strangersBytes.room(new FactsOf(context).address)
  return { caller: null, body: await bodyOf(route, context, room) }
}

async function fromNode(
  parts: AppParts,
  route: Route,
  context: Context<Environment>,
  access: NodeAccess,
): Promise<Received> {
  const url = new URL(context.req.url)
  const head = {
    method: context.req.method,
    path: url.pathname + url.search,
    header: (name: string) => context.req.header(name),
  }
  if (route.body === null) {
    return { caller: await parts.nodes.recognise({ ...head, body: noBytes }, access), body: noBytes }
  }
  const { id } = await parts.nodes.admit(head, access)
  // The signature covers the body, so the body is read first.
  using room = parts.nodesBytes.room(id)
  const body = await bodyOf(route, context, room)
  return { caller: await parts.nodes.recognise({ ...head, body }, access), body }
}

function actOf(parts: AppParts, act: AuditAct, caller: ApiCaller, context: Context<Environment>): Act {
  return { act, caller, requestId: context.get('requestId'), params: context.req.param(), now: parts.clock() }
}

async function workOf(
  parts: AppParts,
  route: Route,
  context: Context<Environment>,
  { caller, body }: Received,
  /** Null if it is not recorded. */
  act: Act | null = null,
): Promise<Response> {
  const reach = caller?.kind === 'token' ? caller.clouds : null
  const call: Call<string, Route['access'], unknown, unknown> = {
    params: context.req.param(),
    query: readWith(route.query, singleValues(context)),
    body: route.body === null ? {} : readWith(route.body, parseJsonBody(body, context.req.header('content-type'))),
    caller,
    request: new FactsOf(context),
  }

  const { run } = route
  if (run.kind === 'respond') return run.work(call, scopedReader(parts.store.reader, reach))
  if (run.kind === 'read') {
    const answer = answerOf(route, await run.work(call, scopedReader(parts.store.reader, reach)))
    return mayCompress(route, caller)
      ? compressedWhereAccepted(answer.body, jsonInit(answer), context.req.header('accept-encoding'))
      : responseOf(answer)
  }

  const answer = await parts.store.write(async (transaction) => {
    if (caller?.kind === 'token') await requireStillValid(transaction, caller, parts.clock())
    const work = async () => {
      const done = await run.work(call, scopedTransaction(transaction, reach))
      if (act !== null) await appendAudit(transaction, auditEvent(act, 'done', done))
      return answerOf(route, done)
    }
    const key = caller?.kind === 'token' ? readIdempotencyKey(context.req.header('idempotency-key')) : null
    if (key === null || caller?.kind !== 'token') return work()
    const hash = requestHash(context.req.method, context.req.path, body)
    return answerOnce(transaction, parts.clock, { caller, key, hash }, work)
  })
  return responseOf(answer)
}

/** The only way out: nothing is sent unless the route's schema names it. */
function answerOf(route: Route, value: unknown): KeyedAnswer {
  if (route.answer === null) return { status: 204, body: '' }
  return { status: route.status, body: JSON.stringify(route.answer.parse(value)) }
}

function responseOf(answer: KeyedAnswer): Response {
  return answer.status === 204 ? new Response(null, { status: 204 }) : new Response(answer.body, jsonInit(answer))
}

const jsonInit = ({ status }: KeyedAnswer) => ({
  status,
  headers: { 'content-type': 'application/json' },
})

/**
 * The length of a compressed answer tells how much its parts have in common: whoever can put text next to a secret, and sees the length, learns it
 * (BREACH). Agents refuse compressed answers.
 */
function mayCompress({ showsSecrets }: Route, caller: ApiCaller | NodeCaller | null): boolean {
  return caller?.kind === 'token' && (!showsSecrets || caller.role === 'viewer')
}

/** A class: a literal with getters has a shape of its own each time, and keeps the request until the next full garbage collection. */
class FactsOf implements RequestFacts {
  readonly #context: Context<Environment>

  constructor(context: Context<Environment>) {
    this.#context = context
  }

  get id(): string {
    return this.#context.get('requestId')
  }

  header(name: string): string | undefined {
    return this.#context.req.header(name)
  }

  /** Created only when needed. */
  get signal(): AbortSignal {
    return this.#context.req.raw.signal
  }

  get address(): string {
    return networkOf(this.#context.get('address'))
  }

  takeResponse(): Outgoing {
    return this.#context.env.outgoing
  }
}

/** The schema rejects a name that is repeated in the query, since its value is no longer a string. */
function singleValues(context: Context): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(context.req.queries()).map(([name, values]) => [
      name,
      values.length === 1 ? (values[0] ?? '') : values,
    ]),
  )
}

function byPath(routes: readonly Route[]): Map<string, Route[]> {
  return Map.groupBy(routes, ({ path }) => path.replaceAll(/\{(\w+)\}/g, ':$1'))
}
