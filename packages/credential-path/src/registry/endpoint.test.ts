/** Where a registry is reached: https, unless the node's own file says otherwise. */
import { parseRegistryHost, type RegistryHost } from '@fairlead/contract/names'
import { Problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { endpointOf } from './endpoint.ts'

const policy = {
  loopback_registries: ['http://127.0.0.1:5000', 'https://localhost:5001', 'http://[::1]:5000', 'http://localhost'],
  plain_http_registries: ['plain.example.com:5000', 'plain.example.com'],
}

test.each([
  ['registry.example.com', 'https://registry.example.com:443'],
  ['registry.example.com:5000', 'https://registry.example.com:5000'],
  ['docker.io', 'https://registry-1.docker.io:443'],
  ['127.0.0.1:5000', 'http://127.0.0.1:5000'],
  ['localhost:5001', 'https://localhost:5001'],
  ['[::1]:5000', 'http://[::1]:5000'],
  ['localhost', 'http://localhost:80'],
  ['plain.example.com:5000', 'http://plain.example.com:5000 anonymous only'],
  ['plain.example.com', 'http://plain.example.com:80 anonymous only'],
  ['a.plain.example.com', 'https://a.plain.example.com:443'],
  ['localhost:443', 'REGISTRY_ADDRESS_REFUSED'],
  ['localhost:80', 'http://localhost:80'],
  ['127.0.0.1:5001', 'REGISTRY_ADDRESS_REFUSED'],
  ['127.0.0.2:5000', 'REGISTRY_ADDRESS_REFUSED'],
  ['localhost:5000', 'REGISTRY_ADDRESS_REFUSED'],
])('S23: %s is %s', (registry, expected) => {
  expect(answer(registry)).toBe(expected)
})

function answer(registry: string): string {
  try {
    const place = endpointOf(parseRegistryHost(registry) as RegistryHost, policy)
    return `${place.scheme}://${place.host}:${place.port}${place.anonymousOnly ? ' anonymous only' : ''}`
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}
