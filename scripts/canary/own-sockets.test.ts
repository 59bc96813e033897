import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { localPorts } from './own-sockets.ts'

test('the ports of a process are those of its open sockets', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await localPorts(process.pid)).toContain(port)
  server.close()
  await once(server, 'close')
  expect(await localPorts(process.pid)).not.toContain(port)
})
