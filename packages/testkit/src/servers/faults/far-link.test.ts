/** A far link passes on everything in order, to its end, however many connections share it. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { startFarLink } from './far-link.ts'

test('what is sent over a far link arrives whole and in order, in both directions', async () => {
  await using echo = await startEcho()
  await using link = await startFarLink({ to: echo, roundTripMs: 4, bytesPerSecond: 100_000_000 })
  const sent = [1, 70_000, 1_500_000].map((size) => randomBytes(size))
  const received = sent.map((bytes) => {
    const socket = connect({ host: link.host, port: link.port, allowHalfOpen: true })
    socket.end(bytes)
    return buffer(socket)
  })
  const arrived = await Promise.all(received)
  expect(arrived.map((bytes, index) => sent[index]?.equals(bytes))).toEqual([true, true, true])
})

test('a connection that breaks on one side of a far link breaks on the other', async () => {
  await using echo = await startEcho()
  await using link = await startFarLink({ to: echo, roundTripMs: 4, bytesPerSecond: 1_000_000 })
  const socket = connect(link.port, link.host)
  socket.write('hello')
  await once(socket, 'data')
  echo.breakOff()
  const broken = once(socket, 'close').catch((error: Error) => error.message)
  expect(await broken).toMatch(/ECONNRESET/)
})

async function startEcho() {
  const server = createServer({ allowHalfOpen: true })
  const sockets: Socket[] = []
  server.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const breakOff = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    breakOff,
    async [Symbol.asyncDispose]() {
      breakOff()
      server.close()
      await once(server, 'close')
    },
  }
}
