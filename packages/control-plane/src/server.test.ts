/** A server from start to stop: early requests are answered, and requests still open at the end are cut. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { readListenAddress } from './listen-address.ts'
import { bind } from './server.ts'

vi.setConfig({ testTimeout: 30_000 })

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
