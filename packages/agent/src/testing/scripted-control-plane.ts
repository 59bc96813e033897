/** A control plane for tests, on a real socket: it verifies every signature, and answers as scripted. */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newId } from '@fairlead/contract/names'
import { Problem, type ProblemCode } from '@fairlead/contract/problems'
import { nodeHeaders, nodeRequestText, Report } from '@fairlead/contract/wire'

export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly session: string | null
  /** Of its signature; null if it has none. */
  readonly timestamp: number | null
  readonly etag: string | null
}

export interface ScriptedAnswer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly json?: unknown
  readonly bytes?: Uint8Array
}

export const problemAnswer = (code: ProblemCode): ScriptedAnswer => {
  const document = new Problem(code, {}, []).toDocument()
  return { status: document.status, json: document }
}

export class ScriptedControlPlane implements AsyncDisposable {
  readonly received: ReceivedRequest[] = []
  readonly reports: Report[] = []
  /** A request's answer in place of the default; undefined: the default. */
  script: (request: ReceivedRequest) => ScriptedAnswer | 'hang up' | undefined = () => undefined
  /** The state that the long poll returns. */
  state: unknown = null
  publicKey = ''
  sessions = 0
  readonly nodeId = newId('node')
  readonly cloudId = newId('cld')
  origin = ''
  #port = 0
  #server = createServer()

  static async start(): Promise<ScriptedControlPlane> {
    const plane = new ScriptedControlPlane()
    await plane.listen()
    return plane
  }

  /** On the same port as before, if there was one. */
  async listen(): Promise<void> {
    this.#server = createServer((request, response) => {
      void this.#take(request, response)
    })
    await new Promise<void>((resolve) => {
      this.#server.listen(this.#port, '127.0.0.1', resolve)
    })
    this.#port = (this.#server.address() as AddressInfo).port
    this.origin = `http://127.0.0.1:${this.#port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => {
      this.#server.close(resolve)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #take(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const header = (name: string) => (message.headers[name] as string | undefined) ?? null
    const timestamp = header(nodeHeaders.timestamp)
    const request: ReceivedRequest = {
      method: message.method ?? '',
      path: message.url ?? '',
      body: Buffer.concat(chunks).toString(),
      session: header(nodeHeaders.session),
      timestamp: timestamp === null ? null : Number(timestamp),
      etag: header('if-none-match'),
    }
    this.received.push(request)
    const answer = this.script(request) ?? this.#usual(request, message)
    if (answer === 'hang up') {
      message.socket.destroy()
      return
    }
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(answer.bytes ?? (answer.json === undefined ? '' : JSON.stringify(answer.json)))
  }

  #usual(request: ReceivedRequest, message: IncomingMessage): ScriptedAnswer {
    if (request.path === '/api/v1/nodes/join') return this.#join(request)
    if (!this.#isSigned(request, message)) return problemAnswer('NODE_SIGNATURE_INVALID')
    if (request.path === '/api/v1/nodes/me/session') return { status: 201, json: { result: this.#openSession() } }
    if (request.path === '/api/v1/nodes/me/leave') return { status: 204 }
    if (request.path === '/api/v1/nodes/me/reports') {
      const report = Report.parse(JSON.parse(request.body))
      this.reports.push(report)
      return { status: 200, json: { acknowledged: report.report_id } }
    }
    const etag = `"${createHash('sha256').update(JSON.stringify(this.state)).digest('hex')}"`
    return request.etag === etag
      ? { status: 304, headers: { etag } }
      : { status: 200, headers: { etag }, json: { result: this.state } }
  }

  #join(request: ReceivedRequest): ScriptedAnswer {
    const { public_key, name } = JSON.parse(request.body) as { public_key: string; name: string }
    this.publicKey = public_key
    const { nodeId: node_id, cloudId: cloud_id, origin } = this
    return { status: 201, json: { result: { node_id, name, cloud_id, origin, session: this.#openSession() } } }
  }

  #openSession() {
    this.sessions += 1
    return { session_id: newId('nse'), expires_at: new Date(Date.now() + 900_000).toISOString() }
  }

  #isSigned(request: ReceivedRequest, message: IncomingMessage): boolean {
    const header = (name: string) => String(message.headers[name])
    const text = nodeRequestText({
      method: request.method,
      origin: this.origin,
      path: request.path,
      bodySha256: createHash('sha256').update(request.body).digest('hex'),
      session: header(nodeHeaders.session),
      timestamp: Number(header(nodeHeaders.timestamp)),
    })
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: this.publicKey }, format: 'jwk' })
    return verify(null, Buffer.from(text), key, Buffer.from(header(nodeHeaders.signature), 'base64url'))
  }
}
