/** S15: the proxy comes from the node's file, never from the environment. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { NodePolicy } from '../../policy/node-policy.ts'
import { ScriptedRegistry } from '../../testing/scripted-registry.ts'
import { Transport } from './transport.ts'

let proxy: Server
let seen: string[] = []
const url = () => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
const { signal } = new AbortController()

beforeAll(async () => {
  proxy = createServer((request, response) => {
    seen.push(request.url ?? '')
    response.writeHead(200).end()
  })
  proxy.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url ?? ''}`)
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  proxy.listen(0, '127.0.0.1', resolve)
  await promise
})
afterAll(() => {
  vi.unstubAllEnvs()
  proxy.closeAllConnections()
  proxy.close()
})
beforeEach(() => {
  seen = []
})

const ask = async (policy: Record<string, unknown>, scheme: 'http' | 'https', host: string, port: number) => {
  await using transport = new Transport(NodePolicy.parse(policy))
  const request = { method: 'GET', place: { scheme, host, port }, path: '/v2/', authorization: null } as const
  return await transport.whole(request, 100, signal).then(
    ({ status }) => status,
    (error: unknown) => (error as { code?: string }).code,
  )
}

test('tunnels https and sends plain http openly; does not take a refusal by the proxy for an answer of the registry', async () => {
  expect(await ask({ proxy: url() }, 'https', 'registry.example.com', 443)).toBe('REGISTRY_UNREACHABLE')
  expect(await ask({ proxy: url() }, 'http', 'plain.example.com', 5000)).toBe(200)
  expect(seen).toEqual(['CONNECT registry.example.com:443', 'http://plain.example.com:5000/v2/'])
})

test('reaches a listed loopback registry without the proxy', async () => {
  await using registry = await ScriptedRegistry.start()
  const port = Number(registry.host.split(':')[1])
  expect(await ask({ proxy: url(), loopback_registries: [registry.url] }, 'http', '127.0.0.1', port)).toBe(200)
  expect(seen).toEqual([])
})

test('rejects a forbidden address before the proxy sees it', async () => {
  expect(await ask({ proxy: url() }, 'http', '169.254.169.254', 80)).toBe('REGISTRY_ADDRESS_REFUSED')
  expect(seen).toEqual([])
})

test('does not use the environment’s proxy', async () => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'ALL_PROXY']) vi.stubEnv(name, url())
  await ask({}, 'http', '0.0.0.0', 80)
  expect(await ask({}, 'http', 'registry.invalid', 80)).toBe('REGISTRY_DNS')
  expect(seen).toEqual([])
})
