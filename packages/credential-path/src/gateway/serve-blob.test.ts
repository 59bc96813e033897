/** For whom a blob is read: an engine that is still there. */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { serveBlob } from './serve-blob.ts'

test('reads nothing for an engine that hung up before its answer could begin', async () => {
  const read = vi.fn(async function* () {
    yield Buffer.from('blob')
  })
  const { promise: served, resolve } = Promise.withResolvers<void>()
  const blob = { mediaType: 'x', digest: 'sha256:x', size: 4 }
  const server = createServer((_, response) => {
    engine.destroy()
    response.once('close', () => resolve(serveBlob(response, blob, null, read)))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const engine = request({ host: '127.0.0.1', port }).on('error', () => undefined)
  engine.end()
  await served
  expect(read).not.toHaveBeenCalled()
})
