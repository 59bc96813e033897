/** A server that records every request with its headers and body: what a villain would get. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { basicLogin, type Login } from '../basic-login.ts'
import { FormFinder } from '../search/secret-scan/find-forms.ts'
import { secretForms } from '../search/secret-scan/secret-forms.ts'
import { listen, readBody, type ListenOptions } from './http-service.ts'

export interface RecordedRequest {
  readonly time: Date
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The login in the request's header, if any. */
  readonly login: Login | null
}

export interface Recorder extends AsyncDisposable {
  readonly origin: string
  readonly host: string
  readonly requests: readonly RecordedRequest[]
  /** How many connections were made; with TLS, those whose handshake completed. */
  readonly connections: number
  /** Whether any part of any request contains this text. */
  saw(text: string): boolean
  /** The forms of this secret among all received bytes, whether or not they were a request. */
  heard(secret: string): string[]
  clear(): void
  readonly stop: () => Promise<void>
}

export interface RecorderOptions extends ListenOptions {
  /** Its answer; a token, like a token server's, when absent. */
  answer?: RecorderAnswer | ((request: RecordedRequest) => RecorderAnswer)
}

interface RecorderAnswer {
  status: number
  headers?: Record<string, string>
  body?: string | Uint8Array
}

const aToken = { status: 200, body: JSON.stringify({ token: 'a-token-of-the-villain', expires_in: 300 }) }

export async function startRecorder({ answer = aToken, ...options }: RecorderOptions = {}): Promise<Recorder> {
  const requests: RecordedRequest[] = []
  const server = await listen(async (request, response) => {
    const body = await readBody(request)
    const asked = {
      time: new Date(),
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: body.toString('utf8'),
      login: basicLogin(request.headers.authorization),
    }
    requests.push(asked)
    const { status, headers, body: sent } = typeof answer === 'function' ? answer(asked) : answer
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(sent)
  }, options)
  let connections = 0
  let received: Buffer[] = []
  server.server.on(options.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    connections += 1
    socket.on('data', (bytes: Buffer) => received.push(bytes))
  })
  return {
    origin: server.origin,
    host: server.host,
    requests,
    get connections() {
      return connections
    },
    heard(secret) {
      const finder = new FormFinder(secretForms(secret))
      for (const bytes of received) finder.push(bytes)
      return [...finder.found]
    },
    saw: (text) => requests.some((request) => JSON.stringify(request).includes(JSON.stringify(text).slice(1, -1))),
    clear: () => {
      requests.length = 0
      received = []
      connections = 0
    },
    stop: server.stop,
    [Symbol.asyncDispose]: server.stop,
  }
}
