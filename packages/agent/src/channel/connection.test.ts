import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { asAnotherUser } from '../../../testkit/src/machines/as-another-user.ts'
import { connectAs, connectionProblem, connectTo } from './connection.ts'
import { parseControlPlaneAddress } from './control-plane-address.ts'

const address = parseControlPlaneAddress('https://control.example.com')

test.each([
  ['a time that is over', new DOMException('late', 'TimeoutError'), 'CONTROL_PLANE_UNREACHABLE'],
  ['nobody who listens', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 'CONTROL_PLANE_UNREACHABLE'],
  ['what is no error', undefined, 'CONTROL_PLANE_UNREACHABLE'],
  [
    'a certificate of somebody else',
    Object.assign(new Error('no'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
    'CONTROL_PLANE_TLS_NAME',
  ],
  [
    'a certificate that has ended',
    Object.assign(new Error('no'), { code: 'CERT_HAS_EXPIRED' }),
    'CONTROL_PLANE_TLS_EXPIRED',
  ],
  [
    'a certificate that is not valid yet',
    Object.assign(new Error('no'), { code: 'CERT_NOT_YET_VALID' }),
    'CONTROL_PLANE_TLS_NOT_YET_VALID',
  ],
  [
    'a handshake that failed',
    Object.assign(new Error('no'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }),
    'CONTROL_PLANE_TLS_HANDSHAKE',
  ],
  [
    'an authority that nobody named',
    Object.assign(new Error('no'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
    'CONTROL_PLANE_TLS',
  ],
])('%s has its code', (_, error, code) => {
  expect(connectionProblem(error, address)).toMatchObject({ code })
})

test('S2: over plain http, sends no byte to a server of another user unless that user served at the join', async () => {
  let sent = ''
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      sent += bytes.toString()
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    })
  })
  const request = { method: 'GET', path: '/healthz', headers: {}, body: null, limitBytes: 99, timeoutMs: 5000 } as const
  const quiet = new AbortController().signal
  await asAnotherUser(async (uid) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await using stranger = connectTo(parseControlPlaneAddress(host), null)
    await expect(stranger.send(request, quiet)).rejects.toMatchObject({
      code: 'CONTROL_PLANE_OF_ANOTHER_USER',
      facts: { uid },
    })
    await using other = connectAs({ host, caPem: null, hostUser: uid + 7 })
    await expect(other.send(request, quiet)).rejects.toMatchObject({ code: 'CONTROL_PLANE_OF_ANOTHER_USER' })
    expect(sent).toBe('')
    await using noted = connectAs({ host, caPem: null, hostUser: uid })
    await expect(noted.send(request, quiet)).resolves.toMatchObject({ status: 200 })
  })
  server.close()
})

test(
  'keeps no idle connection for longer than a few seconds, whatever the server allows',
  { timeout: 30_000 },
  async () => {
    const server = createHttpServer((_, response) => response.writeHead(200, { 'keep-alive': 'timeout=600' }).end())
    server.keepAliveTimeout = 600_000
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const opened = once(server, 'connection') as Promise<[Socket]>
    const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await using connection = connectTo(parseControlPlaneAddress(host), null)
    await connection.send(
      { method: 'GET', path: '/', headers: {}, body: null, limitBytes: 99, timeoutMs: 5000 },
      new AbortController().signal,
    )
    const [socket] = await opened
    await once(socket, 'close')
    server.close()
  },
)

test('sends one request after another on one connection, with bodies or without', async () => {
  const server = createHttpServer((request, response) => {
    request.resume().once('end', () => response.writeHead(request.method === 'GET' ? 304 : 200).end())
  })
  let opened = 0
  server.on('connection', () => (opened += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await using connection = connectTo(parseControlPlaneAddress(host), null)
  const send = (method: 'GET' | 'POST') =>
    connection.send(
      { method, path: '/', headers: {}, body: method === 'GET' ? null : '{}', limitBytes: 99, timeoutMs: 5000 },
      new AbortController().signal,
    )
  for (const method of ['GET', 'GET', 'POST', 'GET', 'POST', 'POST'] as const) await send(method)
  expect(opened).toBe(1)
  server.close()
})
