/** One https request to a cloud's own host: verified TLS, no redirects, a short answer, a deadline. */
import { request } from 'node:https'
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
export function callCloud(call: CloudCall, connectTo: ConnectTo): Promise<CloudAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<CloudAnswer>()
  const giveUp = () => reject(unreachable(call.host))
  const { hostname, port } = new URL(`https://${connectTo.get(call.host) ?? call.host}`)
  const sent = request(
    {
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
    },
    (response) =>
      void shortAnswer(limitBytes, response).then(
        (body) => resolve({ status: response.statusCode ?? 0, text: body.toString('utf8') }),
        giveUp,
      ),
  )
  sent.once('error', giveUp)
  sent.end(call.body)
  return promise
}

export const unreachable = (host: string): Problem => problem('CLOUD_IDENTITY_UNREACHABLE', { host })
