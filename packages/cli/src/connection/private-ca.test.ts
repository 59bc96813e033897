/** What the command line does on a connection over TLS. */
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createCa } from '@fairlead/testkit'
import { expect, test } from 'vitest'
import { fetchOverTls } from './private-ca.ts'

test('a connection that is used again gets no further listeners', async () => {
  const ca = await createCa()
  const { certPem, keyPem } = await ca.issue(['localhost'])
  let connections = 0
  await using server = createServer({ cert: certPem, key: keyPem }, (_asked, response) => response.end('{}'))
  server.on('secureConnection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const warnings: string[] = []
  const hear = ({ name }: Error): unknown => warnings.push(name)
  process.on('warning', hear)
  const fetch = fetchOverTls(ca.caPem)
  for (let count = 0; count < 15; count++) {
    const signal = AbortSignal.timeout(10_000)
    const answer = await fetch(`https://localhost:${port}/`, { method: 'GET', headers: {}, redirect: 'manual', signal })
    const reader = answer.body?.getReader()
    while ((await reader?.read())?.done === false);
  }
  await new Promise(setImmediate)
  process.off('warning', hear)
  server.closeAllConnections()
  expect([connections, warnings]).toEqual([1, []])
})
