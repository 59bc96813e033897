/** A server from start to stop: early requests are answered, and requests still open at the end are cut. */
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect, Server, Socket } from 'node:net'
import { createCa, eventually, type TestCa } from '@fairlead/testkit'
import { beforeAll, describe, expect, test, vi } from 'vitest'
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
