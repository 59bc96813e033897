/** A server from start to stop: early requests are answered, and requests still open at the end are cut. */
import { once } from 'node:events'
import { connect as connectHttp2, type ServerHttp2Session, type SessionState } from 'node:http2'
import { connect, Server, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { createCa, eventually, type TestCa } from '@fairlead/testkit'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { readListenAddress } from './listen-address.ts'
import { bind } from './server.ts'
import type { Certificate } from './tls/certificate.ts'

const address = readListenAddress('127.0.0.1:0')
const app = { fetch: async (request: Request) => Response.json(new URL(request.url).pathname) }

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

test('R3: answers all requests and connections that arrive before the application, once there is one', async () => {
  const bound = await bind(address, null)
  const requests = Array.from({ length: 50 }, (_, number) => fetch(`http://127.0.0.1:${bound.port}/early/${number}`))
  const silent = await connected(bound.port)
  // The event loop turns until the server has parsed all of them.
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
  await fetchIsThere(bound.port)
  bound.serve(app)
  const answers = await Promise.all(requests.map(async (request) => (await request).json()))
  expect(answers).toEqual(answers.map((_, number) => `/early/${number}`))
  silent.write('GET /late HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect((await silent.toArray()).join('')).toContain('/late')
  await bound.close()
})

/** A request whose bytes the server has all read, since it accepts no more after them. */
async function fetchIsThere(port: number): Promise<void> {
  const socket = await connected(port)
  socket.write('GET /continue HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\r\n')
  await once(socket, 'data')
  socket.destroy()
}

test('a server that never served stops without waiting for its clients', async () => {
  const bound = await bind(address, null)
  const cut = fetch(`http://127.0.0.1:${bound.port}/`).catch(() => 'cut')
  await fetchIsThere(bound.port)
  await bound.close()
  expect(await cut).toBe('cut')
})

describe('S9: what one connection may have', () => {
  let ca: TestCa
  let certificate: Certificate
  beforeAll(async () => {
    ca = await createCa()
    const { certPem, keyPem } = await ca.issue(['127.0.0.1'])
    certificate = { cert: certPem, key: keyPem }
  })

  test.each(['http', 'https'])(
    'over HTTP/1.1 on %s: 15 s for headers, 30 s for a request, 65 s in between',
    async (scheme) => {
      using listens = vi.spyOn(Server.prototype, 'listen')
      const bound = await bind(address, scheme === 'https' ? certificate : null)
      expect(listens.mock.contexts[0]).toMatchObject({
        headersTimeout: 15_000,
        requestTimeout: 30_000,
        connectionsCheckingInterval: 5_000,
        keepAliveTimeout: 65_000,
      })
      await bound.close()
    },
  )

  test('over HTTP/2: 100 requests at a time, 16 KiB of headers, no push, and 75 s without a byte', async () => {
    const bound = await bind(address, certificate)
    const client = connectHttp2(`https://127.0.0.1:${bound.port}`, { ca: ca.caPem })
    // Both sides have this class in common.
    using timeouts = vi.spyOn(Object.getPrototypeOf(Object.getPrototypeOf(client)) as typeof client, 'setTimeout')
    const settings = { enablePush: false, maxConcurrentStreams: 100, maxHeaderListSize: 16 * 1024 }
    expect(await once(client, 'remoteSettings')).toMatchObject([settings])
    const session = timeouts.mock.contexts[timeouts.mock.calls.findIndex(([ms]) => ms === 75_000)]
    const closed = once(client, 'close')
    expect((session as typeof client | undefined)?.emit('timeout')).toBe(true)
    await closed
    await bound.close()
  })

  test('over HTTP/2: a client that takes no bytes keeps no connection once its 75 s are over', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    using listens = vi.spyOn(Server.prototype, 'listen')
    const bound = await bind(address, certificate)
    bound.serve({ fetch: async () => new Response('x'.repeat(20_000_000)) })
    const server = listens.mock.contexts[0] as Server
    const session = once(server, 'session') as Promise<[ServerHttp2Session]>
    const place = { host: '127.0.0.1', port: bound.port, ca: ca.caPem, ALPNProtocols: ['h2'] }
    const client = connectTls(place).on('error', () => undefined)
    onTestFinished(() => void client.destroy())
    // The preface, settings and a window of 2 GiB each, and `GET https://x/` (RFC 9113, section 3.4; RFC 7541, appendix B).
    const frames = ['00000604000000000000047fffffff', '0000040800000000007f000000', '000006010500000001828784010178']
    client.pause().write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    client.write(Buffer.from(frames.join(''), 'hex'))
    const connections = () => promisify(server.getConnections.bind(server))()
    const [opened] = await session
    const isOut = ({ remoteWindowSize: left = 0 }: SessionState) => left > 65_535 && left < 0x7f00_0000
    await eventually(() => isOut(opened.state) || undefined, { what: 'more is on its way than the kernel can keep' })
    opened.emit('timeout')
    expect(await connections()).toBe(1)
    vi.advanceTimersByTime(75_000)
    await eventually(async () => (await connections()) === 0 || undefined, { what: 'it is cut off' })
    await bound.close()
  })

  test('before TLS is agreed on: 30 s', async () => {
    using timeouts = vi.spyOn(Socket.prototype, 'setTimeout')
    const bound = await bind(address, certificate)
    const silent = (await connected(bound.port)).on('error', () => undefined).resume()
    const closed = once(silent, 'close')
    const limited = () => timeouts.mock.contexts[timeouts.mock.calls.findIndex(([ms]) => ms === 30_000)]
    const socket = (await eventually(limited, { what: 'the handshake has a limit' })) as Socket
    socket.emit('timeout')
    await closed
    await bound.close()
  })
})
