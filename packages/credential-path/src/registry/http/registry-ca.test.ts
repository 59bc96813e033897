/** The authorities in the node's file: a registry listed there is verified by them, however its name is spelled. */
import { expect, test } from 'vitest'
import { NodePolicy } from '../../policy/node-policy.ts'
import { Transport } from './transport.ts'

/** Shows whether the authority's file was looked up: it does not exist, and nothing connects. */
async function askOf(host: string, registryCa: Record<string, string>): Promise<unknown> {
  await using transport = new Transport(NodePolicy.parse({ registry_ca: registryCa }))
  const place = { scheme: 'https', host, port: 443 } as const
  return await transport
    .open({ method: 'GET', place, path: '/v2/', authorization: null }, AbortSignal.abort())
    .catch((error: unknown) => (error as { code?: string }).code)
}

test.each([
  ['registry.example.com', 'registry.example.com'],
  ['registry.example.com', 'registry.example.com:443'],
  ['registry.example.com', 'Registry.Example.COM'],
  ['registry-1.docker.io', 'docker.io'],
])('verifies %s by the authority of %s', async (host, listed) => {
  expect(await askOf(host, { [listed]: '/nowhere/ca.pem' })).toBe('POLICY_INVALID')
})

test.each([
  ['other.example.com', 'registry.example.com'],
  ['registry.example.com', 'registry.example.com:5000'],
])('does not verify %s by the authority of %s', async (host, listed) => {
  expect(await askOf(host, { [listed]: '/nowhere/ca.pem' })).toBe('INTERRUPTED')
})

test('finds no authority in the file for a registry named like a member of every object', async () => {
  expect(await askOf('constructor', {})).toBe('INTERRUPTED')
})
