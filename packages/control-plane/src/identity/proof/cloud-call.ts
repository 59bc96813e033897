/** One https request to a cloud's own host: verified TLS, no redirects, a short answer, a deadline. */
import type { IncomingMessage } from 'node:http'
import { request, type RequestOptions } from 'node:https'
import { bareHost } from '@fairlead/contract/names'
import { problem, type Problem } from '@fairlead/contract/problems'
import { shortAnswer } from '../../short-answer.ts'

export interface CloudCall {
  readonly host: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface CloudAnswer {
  readonly status: number
  readonly text: string
}

/** host -> HOST:PORT: where to connect instead, for an endpoint inside a private network. The certificate must still match the host. */
export type ConnectTo = ReadonlyMap<string, string>

const deadlineMs = 10_000
const limitBytes = 64 * 1024

/** Throws CLOUD_IDENTITY_UNREACHABLE. */
export async function callCloud(call: CloudCall, connectTo: ConnectTo): Promise<CloudAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const giveUp = () => reject(unreachable(call.host))
  const { hostname, port } = new URL(`https://${connectTo.get(call.host) ?? call.host}`)
  const options: RequestOptions = {
    host: bareHost(hostname),
    port: port === '' ? 443 : Number(port),
    servername: call.host,
    method: call.method,
    path: call.path,
    headers: {
      ...call.headers,
      host: call.host,
      'accept-encoding': 'identity',
      'content-length': Buffer.byteLength(call.body),
    },
    // A new connection each time: calls are rare, and none should wait for another.
    agent: false,
    signal: AbortSignal.timeout(deadlineMs),
  }
  request(options, resolve)
    .on('error', giveUp)
    // Also after an answer in another protocol, which emits nothing else, not even at the deadline.
    .on('close', giveUp)
    .end(call.body)
  const response = await promise
  const body = await shortAnswer(limitBytes, response).catch(() => {
    throw unreachable(call.host)
  })
  return { status: response.statusCode ?? 0, text: body.toString('utf8') }
}

export const unreachable = (host: string): Problem => problem('CLOUD_IDENTITY_UNREACHABLE', { host })
