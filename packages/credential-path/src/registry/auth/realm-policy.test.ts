/** Which realm may receive a login, checked with the shared vectors and with arbitrary text. */
import { readFileSync } from 'node:fs'
import { parseRegistryHost } from '@fairlead/contract/names'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NodePolicy } from '../../policy/node-policy.ts'
import { endpointOf } from '../endpoint.ts'
import { judgeRealm, type RealmPair } from './realm-policy.ts'
import { parseStrictUrl } from '../http/strict-url.ts'

interface Case {
  name: string
  registry: string
  realm: string
  localPairs?: RealmPair[]
  allowed: boolean
}

const vectors = new URL('../../../../contract/fixtures/vectors/realm-policy.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(vectors, 'utf8')) as { cases: Case[] }

/** On loopback by the realm's own scheme, as the node's file may list it. */
function judge(registry: string, realm: string, pairs: readonly RealmPair[] = []): string {
  const host = parseRegistryHost(registry)
  if (host === null) return 'not-trusted'
  const listed = `${parseStrictUrl(realm)?.scheme ?? 'https'}://${registry}`
  const policy = NodePolicy.parse(host.isLoopback ? { loopback_registries: [listed] } : {})
  return judgeRealm(endpointOf(host, policy), realm, pairs)
}

describe('S2: the vectors of the realm policy', () => {
  test.each(cases.map((row) => [row.name, row] as const))('%s', (_, row) => {
    expect(judge(row.registry, row.realm, row.localPairs)).toBe(row.allowed ? 'trusted' : 'not-trusted')
  })
})

describe('S23: a loopback registry with no port given', () => {
  const judgeAt = (listed: string, realm: string) => {
    const endpoint = endpointOf(parseRegistryHost('localhost')!, NodePolicy.parse({ loopback_registries: [listed] }))
    return judgeRealm(endpoint, realm, [])
  }

  test('is on port 80 if the node’s file lists it with http, and so is its realm', () => {
    expect(judgeAt('http://localhost', 'http://localhost/token')).toBe('trusted')
    expect(judgeAt('http://localhost:80', 'http://localhost:80/token')).toBe('trusted')
    expect(judgeAt('http://localhost', 'https://localhost/token')).toBe('not-trusted')
  })

  test('is on port 443 if the node’s file lists it with https, and so is its realm', () => {
    expect(judgeAt('https://localhost', 'https://localhost/token')).toBe('trusted')
    expect(judgeAt('https://localhost', 'http://localhost/token')).toBe('not-trusted')
  })
})

/** Arbitrary UTF-16, including lone surrogates. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))

describe('a realm from an untrusted source', () => {
  const hostile = fc.string({
    unit: fc.constantFrom('https://', 'evil.test', 'example.com', ':', '/', '@', '#', '?', '\\', '.', '%2e', '\t', 'é'),
  })

  test('S9: is judged for any text, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, hostile), (realm) => {
        expect(judge('example.com', realm)).toBeOneOf(['trusted', 'not-trusted'])
      }),
    )
  })

  test('S2, S3: trusted without a list is on the host that the platform parser sees, too', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom('', 'https://example.com'), (tail, head) => {
        const realm = head + tail
        fc.pre(judge('example.com', realm) === 'trusted')
        expect(new URL(realm).origin).toBe('https://example.com')
        expect(new URL(realm).username).toBe('')
      }),
    )
  })
})
