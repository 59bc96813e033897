/** A server that writes down every request with its headers and body: what a villain would get. */
import type { IncomingHttpHeaders } from 'node:http'
import { basicLogin, type Login } from './basic-login.ts'
import { listen, readBody, type ListenOptions } from './http-service.ts'

export interface RecordedRequest {
  readonly time: Date
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The login that the request carried in its header, if any. */
  readonly login: Login | null
}

export interface Recorder extends AsyncDisposable {
  readonly origin: string
  readonly host: string
  readonly requests: readonly RecordedRequest[]
  /** Whether any part of any request holds this text, plain or inside a Basic login. */
  saw(text: string): boolean
  clear(): void
  readonly stop: () => Promise<void>
}

export interface RecorderOptions extends ListenOptions {
  /** What it answers; a token, as a token server would, when absent. */
  answer?: { status: number; headers?: Record<string, string>; body?: string }
}

const aToken = { status: 200, body: JSON.stringify({ token: 'a-token-of-the-villain', expires_in: 300 }) }

export async function startRecorder({ answer = aToken, ...options }: RecorderOptions = {}): Promise<Recorder> {
  const requests: RecordedRequest[] = []
  const server = await listen(async (request, response) => {
    const body = await readBody(request)
    requests.push({
      time: new Date(),
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: body.toString('utf8'),
      login: basicLogin(request.headers.authorization),
    })
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(answer.body)
  }, options)
  return {
    origin: server.origin,
    host: server.host,
    requests,
    saw: (text) => requests.some((request) => JSON.stringify(request).includes(JSON.stringify(text).slice(1, -1))),
    clear: () => {
      requests.length = 0
    },
    stop: server.stop,
    [Symbol.asyncDispose]: server.stop,
  }
}
