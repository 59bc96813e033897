/**
 * One small, complete HTTP answer from Google, or from a cloud's metadata service: no redirects, no encodings, nothing from the environment, and a
 * limit on what arrives. It uses Node's own client, since it is loaded long before a registry's is.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest, type Agent as HttpsAgent } from 'node:https'
import { tlsFault, type TlsFault } from '@fairlead/contract/problems'
import { bytesUpTo } from '../../process/bytes-up-to.ts'
import { responseTo } from '../../process/response-to.ts'
import { CloudAgent } from '../cloud-agent.ts'
import type { SecretManagerConnection } from '../secret-manager-connection.ts'

export interface GcpRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** Maximum size of the answer in bytes. */
  readonly limit: number
}

export interface GcpAnswer {
  readonly status: number
  /** The only value of a header, or its first; null if there is none. */
  readonly header: (name: string) => string | null
  readonly bytes: Buffer
}

/** Throws only NoAnswer, if no usable answer arrived. */
export type AskGcp = (request: GcpRequest, signal: AbortSignal) => Promise<GcpAnswer>

/**
 * `network`: no answer. `form`: an answer that cannot be parsed. A TLS fault: an answer from a server that could not prove to be the
 * service. There is no further text: a library's could quote a token.
 */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  readonly lack: 'network' | 'form' | TlsFault

  constructor(lack: 'network' | 'form' | TlsFault) {
    super('no answer')
    this.lack = lack
  }
}

/** Seconds allow for a network without a route to Google: it must not delay a start for minutes. */
const connectMs = 3000
const wholeMs = 10_000

/** Through the owner's proxy and authorities, over TLS. */
export function askGoogle(connection: SecretManagerConnection): AskGcp {
  const agent = new CloudAgent(connection)
  return (request, signal) => ask(httpsRequest, agent, request, signal)
}

/** Never through a proxy (S15): a metadata server is on the machine's own link. */
export function askMetadata(): AskGcp {
  const agent = new HttpAgent({ keepAlive: false, proxyEnv: {} })
  return (request, signal) => ask(httpRequest, agent, request, signal)
}

async function ask(
  send: typeof httpRequest,
  agent: HttpAgent | HttpsAgent,
  { method, url, headers, body, limit }: GcpRequest,
  signal: AbortSignal,
): Promise<GcpAnswer> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(wholeMs)])
  const options: RequestOptions = {
    method,
    agent,
    signal: deadline,
    headers: { 'user-agent': 'fairlead', 'accept-encoding': 'identity', ...headers },
  }
  try {
    const request = send(url, options)
    const timer = setTimeout(() => request.destroy(new NoAnswer('network')), connectMs)
    request.once('socket', (socket) => {
      // One that is used again will not connect: what waits for that would stay with it.
      if (socket.connecting) socket.once('connect', () => clearTimeout(timer))
      else clearTimeout(timer)
    })
    request.once('close', () => clearTimeout(timer))
    const response = await responseTo(request.end(body))
    return { status: response.statusCode ?? 0, header: headerOf(response), bytes: await readAll(response, limit) }
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer(tlsFault(error) ?? 'network')
  }
}

async function readAll(response: IncomingMessage, limit: number): Promise<Buffer> {
  // An encoding that was not requested could turn little into much (S9).
  const encoding = response.headers['content-encoding'] ?? 'identity'
  if (encoding.toLowerCase() !== 'identity') return refuse(response)
  return bytesUpTo(limit, response, () => refuse(response))
}

function refuse(response: IncomingMessage): never {
  response.on('error', () => {}).destroy()
  throw new NoAnswer('form')
}

function headerOf(response: IncomingMessage): GcpAnswer['header'] {
  return (name) => response.headersDistinct[name]?.[0] ?? null
}
