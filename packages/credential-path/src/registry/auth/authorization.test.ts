/** S2, S4: a header value is made for one host, and the transport sends it to no other. */
import { inspect } from 'node:util'
import { parseImageReference } from '@fairlead/contract/names'
import { Problem } from '@fairlead/contract/problems'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bindTo, type BoundLogin } from '../../match/bind-to.ts'
import { Redacted } from '../../match/redacted.ts'
import { NodePolicy } from '../../policy/node-policy.ts'
import { basicForRealm, basicForRegistry, bearer, type Authorization, type Place } from './authorization.ts'
import { ScriptedRegistry } from '../../testing/scripted-registry.ts'
import { parseStrictUrl, type StrictUrl } from '../http/strict-url.ts'
import { Transport } from '../http/transport.ts'

const password = 'canary:pass-ü'
const text = (value: string) => new Redacted(value)
const loginFor = (image: string, server: string) =>
  bindTo(parseImageReference(image), { username: text('robot'), password: text(password), server: text(server) })
const login = loginFor('registry.example.com/team/app', 'registry.example.com')
const endpoint = (registry: string, port: number) => ({ registry, port })
const place = (url: string) => parseStrictUrl(url) as StrictUrl

function codeOf(make: () => Authorization): string {
  try {
    make()
    return 'made'
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

test('S4: makes no header from anything but the result of bindTo, whatever its shape', () => {
  const { image, registry, username, password, overTlsOnly } = login
  const alike = { image, registry, username, password, overTlsOnly, mayGoTo: () => true } as unknown as BoundLogin
  expect(codeOf(() => basicForRegistry(alike, place('https://evil.test')))).toBe('INTERNAL')
  expect(
    codeOf(() => basicForRealm(alike, { registry: registry.key, port: 443 }, 'https://registry.example.com/token', [])),
  ).toBe('INTERNAL')
})

describe('Basic for the registry', () => {
  test('is RFC 7617 in UTF-8, and splitting at the first colon yields the whole password', () => {
    const { header } = basicForRegistry(login, place('https://registry.example.com'))
    const value = header.spend((value) => value)
    expect(Buffer.from(value.slice('Basic '.length), 'base64').toString('utf8')).toBe(`robot:${password}`)
    expect(inspect(header, { showHidden: true })).not.toContain(value)
  })

  test.each(['http://registry.example.com', 'https://registry.example.com:8443', 'https://evil.test'])(
    'is not made for %s',
    (url) => {
      expect(codeOf(() => basicForRegistry(login, place(url)))).toBe('CREDENTIAL_SERVER_MISMATCH')
    },
  )
})

describe('Basic for a realm', () => {
  const pairs = [{ registry: 'registry.example.com', realm: 'https://auth.example.com/token' }]
  test.each([
    ['https://registry.example.com/token', 'made'],
    ['https://auth.example.com/token', 'made'],
    ['https://auth.example.com/token2', 'TOKEN_REALM_NOT_TRUSTED'],
    ['http://registry.example.com/token', 'TOKEN_REALM_NOT_TRUSTED'],
    ['http://registry.example.com:443/token', 'TOKEN_REALM_NOT_TRUSTED'],
    ['https://evil.test/token', 'TOKEN_REALM_NOT_TRUSTED'],
    ['https://registry.example.com@evil.test/', 'TOKEN_REALM_NOT_TRUSTED'],
  ])('at %s: %s', (realm, expected) => {
    expect(codeOf(() => basicForRealm(login, endpoint('registry.example.com', 443), realm, pairs))).toBe(expected)
  })

  test('is not made for a registry other than that of the login', () => {
    const other = endpoint('other.example.com', 443)
    expect(codeOf(() => basicForRealm(login, other, 'https://other.example.com/token', []))).toBe(
      'TOKEN_REALM_NOT_TRUSTED',
    )
  })

  test('is not made for plain http if the secret says https, not even on loopback', () => {
    const local = loginFor('localhost:5000/app', 'https://localhost:5000')
    const realm = 'http://localhost:5000/token'
    expect(codeOf(() => basicForRealm(local, endpoint('localhost:5000', 5000), realm, []))).toBe(
      'TOKEN_REALM_NOT_TRUSTED',
    )
  })
})

describe('the transport', () => {
  let registry: ScriptedRegistry
  beforeAll(async () => {
    registry = await ScriptedRegistry.start()
  })
  afterAll(() => registry[Symbol.asyncDispose]())

  test('sends a value only to its own host', async () => {
    await using transport = new Transport(NodePolicy.parse({ loopback_registries: [registry.url] }))
    const { scheme, host, port } = place(registry.url)
    const request = { method: 'GET', place: { scheme, host, port }, path: '/v2/' } as const
    const { signal } = new AbortController()
    const others: readonly Place[] = [
      { scheme, host: 'registry.example.com', port },
      { scheme, host, port: port + 1 },
      { scheme: 'https', host, port },
    ]
    for (const other of others) {
      const elsewhere = bearer(text('token'), other)
      await expect(transport.open({ ...request, authorization: elsewhere }, signal)).rejects.toMatchObject({
        code: 'INTERNAL',
      })
    }
    expect(registry.seen).toEqual([])
    const own = bearer(text('token'), { scheme, host, port })
    expect((await transport.whole({ ...request, authorization: own }, 100, signal)).status).toBe(200)
    expect(registry.authorizations()).toEqual(['Bearer token'])
  })

  test('S15: connects to ever new hosts without keeping them all', async () => {
    await using transport = new Transport(NodePolicy.parse({ loopback_registries: [registry.url] }))
    const { signal } = new AbortController()
    const dead = Array.from(
      { length: 70 },
      (_, index) => ({ scheme: 'https', host: '0.0.0.0', port: index + 1 }) as const,
    )
    for (const place of dead) {
      const work = transport.whole({ method: 'GET', place, path: '/', authorization: null }, 1, signal)
      await expect(work).rejects.toMatchObject({ code: 'REGISTRY_ADDRESS_REFUSED' })
    }
  })
})
