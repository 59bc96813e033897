/** The tests' balancer: takes turns, skips servers that refuse, and passes on how a connection ends. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { startTcpBalancer, type TcpBalancer } from './tcp-balancer.ts'

/** Sends its name, then what it received, once the other side has ended. */
async function startServer(name: string) {
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    let told = ''
    socket.setEncoding('utf8').on('data', (piece: string) => (told += piece))
    socket.on('end', () => socket.end(`${name} ${told}`))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const stop = () => {
    for (const socket of sockets) socket.resetAndDestroy()
    return new Promise((resolve) => server.close(resolve))
  }
  return { host: '127.0.0.1', port, stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}

async function ask(balancer: TcpBalancer, told = 'hello'): Promise<string> {
  const socket = connect({ host: balancer.host, port: balancer.port, allowHalfOpen: true })
  socket.end(told)
  return text(socket)
}

test('distributes connections in turn, and skips a server that refuses', async () => {
  await using one = await startServer('one')
  await using two = await startServer('two')
  await using balancer = await startTcpBalancer()
  balancer.setServers([one, two])
  const four = [await ask(balancer), await ask(balancer), await ask(balancer), await ask(balancer)]
  expect(four).toEqual(['one hello', 'two hello', 'one hello', 'two hello'])
  await one.stop()
  expect([await ask(balancer), await ask(balancer)]).toEqual(['two hello', 'two hello'])
  await two.stop()
  await expect(ask(balancer)).rejects.toThrow('ECONNRESET')
})

test('large data arrives whole, and a dead server is noticed at once', async () => {
  await using one = await startServer('one')
  await using balancer = await startTcpBalancer()
  balancer.setServers([one])
  const large = 'x'.repeat(3_000_000)
  expect((await ask(balancer, large)) === `one ${large}`).toBe(true)
  const hanging = connect({ host: balancer.host, port: balancer.port })
  await expect.poll(() => balancer.open().get(`127.0.0.1:${one.port}`)).toBe(1)
  const broken = once(hanging, 'close').catch((error: Error) => error.message)
  await one.stop()
  expect(await broken).toMatch(/ECONNRESET|true/)
  await expect.poll(() => balancer.open().get(`127.0.0.1:${one.port}`)).toBe(0)
})
