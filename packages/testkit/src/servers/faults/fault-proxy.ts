/** Sits in front of a real HTTP server, such as a registry, and makes chosen requests fail in a chosen way. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkServerIdentity as checkIdentity } from 'node:tls'
import { Agent, request as send } from 'undici'
import { listen, type ListenOptions } from '../http-service.ts'
import type { RegistryTarget } from '../registry.ts'
import { close, sendBody, type FaultRule, type HttpFault } from './http-fault.ts'

export interface ProxiedRequest {
  readonly time: Date
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly range: string | null
  /** Who asks, as it says itself. */
  readonly userAgent: string | null
  /** `Basic`, `Bearer`: only the scheme. */
  readonly authorization: string | null
  /** Null if no answer was started. */
  readonly status: number | null
  readonly fault: HttpFault['kind'] | null
}

export interface FaultHandle extends Disposable {
  /** How often it fired. */
  readonly hits: number
  readonly remove: () => void
}

export interface FaultProxy extends RegistryTarget, AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly requests: readonly ProxiedRequest[]
  /** From now on; the newest rule that matches a request decides. */
  readonly inject: (rule: FaultRule) => FaultHandle
  readonly clear: () => void
  readonly stop: () => Promise<void>
}

export interface FaultProxyOptions extends ListenOptions {
  target: RegistryTarget
}

interface ActiveRule extends FaultRule {
  hits: number
}

export async function startFaultProxy({ target, ...options }: FaultProxyOptions): Promise<FaultProxy> {
  const { hostname } = new URL(target.url)
  // Forwards the client's `host` header; the target's certificate is still checked against the target's own name.
  const checkServerIdentity: typeof checkIdentity = (_, certificate) => checkIdentity(hostname, certificate)
  const dispatcher = new Agent({ connect: { checkServerIdentity, ...(target.caPem !== null && { ca: target.caPem }) } })
  const rules: ActiveRule[] = []
  const requests: ProxiedRequest[] = []

  const strike = (request: IncomingMessage): HttpFault | null => {
    const rule = rules.findLast((candidate) => fits(candidate, request))
    if (rule === undefined) return null
    rule.hits += 1
    return rule.fault
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const fault = strike(request)
    const record = (status: number | null): void => void requests.push(recordOf(request, status, fault))
    if (fault?.kind === 'hang') return record(null)
    if (fault?.kind === 'cut' && fault.afterBytes === undefined) {
      record(null)
      return close(response, fault.reset === true)
    }
    if (fault?.kind === 'answer') {
      const { status, headers, body = '' } = typeof fault.answer === 'function' ? fault.answer(request) : fault.answer
      record(status)
      response.writeHead(status, headers).end(body)
      return undefined
    }
    if (fault?.kind === 'delay') await sleep(fault.ms)
    if (fault?.kind === 'hold') await fault.until
    const answer = await send(new URL(request.url ?? '/', target.url), {
      dispatcher,
      method: request.method ?? 'GET',
      headers: passedOn(request.headers),
      body: ['GET', 'HEAD'].includes(request.method ?? '') ? null : request,
    })
    record(answer.statusCode)
    response.writeHead(
      answer.statusCode,
      passedOn(answer.headers, fault?.kind === 'truncate' ? ['content-length'] : []),
    )
    try {
      await sendBody(answer.body, response, fault)
    } finally {
      answer.body.on('error', () => undefined).destroy()
    }
    return undefined
  }

  const server = await listen(handle, options)
  const stop = async (): Promise<void> => {
    await server.stop()
    await dispatcher.destroy()
  }
  return {
    url: server.origin,
    caPem: options.tls?.caPem ?? null,
    host: server.host,
    port: server.port,
    requests,
    inject(rule) {
      const active = { ...rule, hits: 0 }
      rules.push(active)
      const remove = (): void => void rules.splice(0, rules.length, ...rules.filter((other) => other !== active))
      return {
        get hits() {
          return active.hits
        },
        remove,
        [Symbol.dispose]: remove,
      }
    },
    clear: () => void rules.splice(0),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function fits({ method, path, times = Number.POSITIVE_INFINITY, hits }: ActiveRule, request: IncomingMessage): boolean {
  return (
    hits < times &&
    (method === undefined || method === request.method) &&
    (path === undefined || path.test(request.url ?? ''))
  )
}

function recordOf({ method = '', url = '', headers }: IncomingMessage, status: number | null, fault: HttpFault | null) {
  return {
    time: new Date(),
    method,
    path: url,
    range: headers.range ?? null,
    userAgent: headers['user-agent'] ?? null,
    authorization: headers.authorization?.split(' ', 1)[0] ?? null,
    status,
    fault: fault?.kind ?? null,
  }
}

const ofOneConnection = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer']

/** `host` stays the client's: a registry uses it in its locations. */
function passedOn(
  headers: Record<string, string | string[] | undefined>,
  without: readonly string[] = [],
): Record<string, string | string[]> {
  const left = new Set([...ofOneConnection, ...without])
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined || left.has(name) ? [] : [[name, value]])),
  )
}
