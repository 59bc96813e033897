/** A handler that answers later, by Node's own response. */
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { expect, test } from 'vitest'
import { alreadySent, asOfNode } from './already-sent.ts'

/** Made as the constant is, after a server has replaced the class: vitest loads other files of this process first. */
function madeLate(): Response {
  getRequestListener(() => new Response())
  return new Response(null, { headers: Object.fromEntries(alreadySent.headers) })
}

test.each([
  ['the constant', alreadySent],
  ['one that is made after a server listens', asOfNode(madeLate())],
])('with %s is not answered in the meantime', async (_, marker) => {
  const listener = getRequestListener((_request, { outgoing }) => {
    setTimeout(() => outgoing.end('later'), 10)
    return marker
  })
  const server = createServer((request, response) => void listener(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/`)
  expect([await answer.text(), answer.headers.get('x-hono-already-sent')]).toEqual(['later', null])
  server.close()
})
