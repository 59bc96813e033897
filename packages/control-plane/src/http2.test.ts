/** HTTP/2 over TLS, with HTTP/1.1 for clients that ask for it: the same rules apply, and one connection gets no larger share of the server. */
import { createHash, sign } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import { request as requestHttp1 } from 'node:https'
import { nodeHeaders, nodeRequestText } from '@fairlead/contract/wire'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startControlPlane, type ControlPlane } from './main.ts'
import { tempDir } from './testing/temp-dir.ts'
import { nodeKey } from './testing/test-node.ts'

const dir = tempDir()
let plane: ControlPlane
let ca: Buffer
let port: string
let session: ClientHttp2Session

const start = async () => {
  plane = await startControlPlane({
    listen: '0.0.0.0:0',
    origin: 'https://localhost',
    dataDir: dir.path,
    logLevel: 'silent',
  })
  ca = readFileSync(plane.caFile ?? '')
  port = plane.address.split(':')[1] ?? ''
}
let token: string | null
beforeAll(async () => {
  await start()
  token = plane.adminToken
})
beforeEach(() => {
  session = connect(`https://localhost:${port}`, { ca })
  session.on('error', () => undefined)
  return () => session.destroy()
})
afterAll(async () => {
  await plane.close()
  dir[Symbol.dispose]()
})

interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}

function send(path: string, { method = 'GET', headers = {}, body }: Sent = {}): ClientHttp2Stream {
  const stream = session.request(
    {
      ':method': method,
      ':path': path,
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    { endStream: body === undefined },
  )
  stream.on('error', () => undefined)
  if (body !== undefined) stream.end(body)
  return stream
}

async function answerOf(stream: ClientHttp2Stream) {
  const [headers] = (await once(stream, 'response')) as [Record<string, string | number>]
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += chunk
  return { headers, status: headers[':status'], body: text === '' ? null : JSON.parse(text) }
}

const closed = (one: ClientHttp2Session | ClientHttp2Stream): Promise<void> =>
  new Promise((resolve) => void one.once('close', () => resolve()))

const ask = (path: string, sent?: Sent) => answerOf(send(path, sent))

test('a client that offers HTTP/2 gets it, with the same answers and headers, minus connection headers', async () => {
  const { status, headers, body } = await ask('/api/v1/api_tokens/me')
  expect([status, body.result.name]).toEqual([200, 'first-admin'])
  expect(session.alpnProtocol).toBe('h2')
  expect(headers['x-request-id']).toMatch(/^req_/)
  expect(Object.keys(headers).filter((name) => /^(?:connection|keep-alive|transfer-encoding)$/.test(name))).toEqual([])
  const made = await ask('/api/v1/clouds', { method: 'POST', body: JSON.stringify({ name: 'c', provider: 'local' }) })
  expect([made.status, made.body.result.name]).toEqual([201, 'c'])
})

test('a client that does not gets HTTP/1.1', async () => {
  const request = requestHttp1({
    host: 'localhost',
    port,
    path: '/healthz',
    ca,
    headers: { host: 'localhost' },
  })
  const [answer] = await once(request.end(), 'response')
  expect([answer.httpVersion, answer.statusCode]).toEqual(['1.1', 200])
  answer.resume()
})

test('answers only under its own name, as authority and as host', async () => {
  const codeFor = async (headers: Record<string, string>) => (await ask('/api/v1/clouds', { headers })).body.code
  expect(await codeFor({ ':authority': 'evil.example.com' })).toBe('HOST_NOT_ALLOWED')
  expect(await codeFor({ ':authority': 'localhost', host: 'evil.example.com' })).toBe('HOST_NOT_ALLOWED')
  expect(await codeFor({ ':authority': 'evil.example.com', host: 'localhost' })).toBe('HOST_NOT_ALLOWED')
  expect((await ask('/healthz', { headers: { ':authority': '10.0.0.1' } })).status).toBe(200)
})

test('rejects a body over its limit, and does not read a body that no route expects', async () => {
  const large = await ask('/api/v1/nodes/join', { method: 'POST', body: Buffer.alloc(5000, 32) })
  expect(large.body.code).toBe('REQUEST_TOO_LARGE')
  const stream = session.request({ ':method': 'POST', ':path': '/api/v1/nodes/me/reports' })
  stream.on('error', () => undefined)
  const refused = answerOf(stream)
  // Keeps sending: the answer does not wait for the end.
  stream.write(Buffer.alloc(1000))
  expect((await refused).body.code).toBe('NODE_SIGNATURE_INVALID')
  expect((await ask('/healthz')).status).toBe(200)
})

test('a node’s signature is valid over it, and its poll ends with the change', async () => {
  const { result: cloud } = (
    await ask('/api/v1/clouds', { method: 'POST', body: JSON.stringify({ name: 'n', provider: 'local' }) })
  ).body
  const { token: joinToken } = (await ask(`/api/v1/clouds/${cloud.id}/join_tokens`, { method: 'POST', body: '{}' }))
    .body.result
  const key = nodeKey()
  const join = { token: joinToken, name: 'n', checker: false, provider: 'local', public_key: key.publicKey }
  const { result: node } = (await ask('/api/v1/nodes/join', { method: 'POST', body: JSON.stringify(join) })).body
  const signed = (path: string, extra: Record<string, string> = {}) => {
    const timestamp = Date.now()
    const bodySha256 = createHash('sha256').digest('hex')
    const { session_id: id } = node.session
    const text = nodeRequestText({ method: 'GET', origin: plane.origin, path, bodySha256, session: id, timestamp })
    const headers = {
      [nodeHeaders.node]: node.node_id,
      [nodeHeaders.session]: id,
      [nodeHeaders.timestamp]: String(timestamp),
      [nodeHeaders.signature]: sign(null, Buffer.from(text), key.privateKey).toString('base64url'),
    }
    return send(path, { headers: { ...headers, ...extra } })
  }
  const first = await answerOf(signed('/api/v1/nodes/me/desired_state?wait=0'))
  expect(first.status).toBe(200)
  const waiting = answerOf(
    signed('/api/v1/nodes/me/desired_state?wait=60', { 'if-none-match': String(first.headers['etag']) }),
  )
  await ask(`/api/v1/nodes/${node.node_id}/revoke`, { method: 'POST', body: '{}' })
  expect((await waiting).body.code).toBe('NODE_REVOKED')
})

test('one connection carries many event streams, each of which reports changes', async () => {
  const streams = Array.from({ length: 20 }, () => send('/api/v1/events'))
  const heard = streams.map(async (stream) => {
    for await (const chunk of stream.setEncoding('utf8')) if (chunk.includes('event: cloud')) return true
    return false
  })
  await Promise.all(streams.map((stream) => once(stream, 'response')))
  await ask('/api/v1/clouds', { method: 'POST', body: JSON.stringify({ name: 'heard', provider: 'local' }) })
  expect(await Promise.all(heard)).toEqual(heard.map(() => true))
})

test('a connection has a hundred concurrent requests, and headers of 16 KiB', async () => {
  await ask('/healthz')
  expect(session.remoteSettings).toMatchObject({ maxConcurrentStreams: 100, maxHeaderListSize: 16_384 })
  const stream = send('/healthz', { headers: { 'x-long': 'x'.repeat(20_000) } })
  await closed(stream)
  expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM)
  expect((await ask('/healthz')).status).toBe(200)
})

test('disconnects a client that endlessly opens and cancels requests, and no other', async () => {
  await ask('/healthz')
  const cut = closed(session)
  for (let rounds = 0; rounds < 1_000 && !session.destroyed; rounds++) {
    // The most allowed concurrently: beyond that, requests would be canceled before they are sent.
    for (let sent = 0; sent < 100; sent++) send('/healthz').close(constants.NGHTTP2_CANCEL)
    await new Promise(setImmediate)
  }
  await cut
  session = connect(`https://localhost:${port}`, { ca })
  expect((await ask('/healthz')).status).toBe(200)
})

test('shutdown ends streams and polls at once, and tells clients to reconnect', async () => {
  const stream = send('/api/v1/events')
  await once(stream, 'response')
  const ended = stream.resume() && once(stream, 'end')
  const goodbye = once(session, 'goaway')
  await plane.close()
  await ended
  // What is still open after two seconds is cut.
  expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR)
  expect((await goodbye)[0]).toBe(constants.NGHTTP2_NO_ERROR)
  await start()
})
