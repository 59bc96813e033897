/** A login goes only to the registry of its image. */
import { readFileSync } from 'node:fs'
import { parseImageReference } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { bindTo, BoundLogin, isBound } from './bind-to.ts'
import { Redacted } from './redacted.ts'
import type { RegistryLogin } from './registry-login.ts'

interface Case {
  name: string
  server: string
  image: string
  match: boolean
  malformed?: boolean
}

const vectors = new URL('../../../contract/fixtures/vectors/server-match.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(vectors, 'utf8')) as { cases: Case[] }

function loginFor(server: string): RegistryLogin {
  return { username: new Redacted('u'), password: new Redacted('canary-4f1b'), server: new Redacted(server) }
}

function answer(image: string, server: string): string {
  try {
    bindTo(parseImageReference(image), loginFor(server))
    return 'bound'
  } catch (error) {
    if (isProblem(error)) return error.code
    throw error
  }
}

/** The image's host passes the same check as the server's, so it may be the one that is rejected. */
function expected(row: Case): readonly string[] {
  if (row.match) return ['bound']
  return [row.malformed ? 'SECRET_SERVER_MALFORMED' : 'CREDENTIAL_SERVER_MISMATCH', 'IMAGE_REF_INVALID']
}

/** Arbitrary UTF-16, including lone surrogates. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))

describe('S4: only bindTo makes a bound login', () => {
  test.each(cases.map((row) => [row.name, row] as const))('vector: %s', (_, row) => {
    expect(answer(row.image, row.server)).toBeOneOf(expected(row))
  })

  test('accepts no object of the same shape', () => {
    expectTypeOf<{ image: BoundLogin['image']; registry: BoundLogin['registry'] }>().not.toExtend<BoundLogin>()
    const login = bindTo(parseImageReference('registry.example.com/team/app'), loginFor('registry.example.com'))
    expect(isBound(login)).toBe(true)
    const { image, registry, username, password, overTlsOnly } = login
    const alike = { image, registry, username, password, overTlsOnly, mayGoTo: () => true }
    const forced: unknown = Reflect.construct(BoundLogin, [image, registry, loginFor('evil.test'), overTlsOnly])
    for (const other of [alike, forced, Object.create(login)]) expect(isBound(other as BoundLogin)).toBe(false)
  })

  test('S3: binds, mismatches or is malformed for any server text, and nothing else', () => {
    fc.assert(
      fc.property(anyText, (server) => {
        expect(answer('registry.example.com/team/app', server)).toBeOneOf([
          'SECRET_SERVER_MALFORMED',
          'CREDENTIAL_SERVER_MISMATCH',
        ])
      }),
    )
  })
})

describe('S2: where a bound login may go', () => {
  const bound = (image: string, server: string) => bindTo(parseImageReference(image), loginFor(server))
  const login = bound('registry.example.com/team/app', 'registry.example.com')

  test.each([
    ['the registry itself', { scheme: 'https', host: 'registry.example.com', port: 443 }, true],
    ['plain http', { scheme: 'http', host: 'registry.example.com', port: 80 }, false],
    ['plain http on the port of https', { scheme: 'http', host: 'registry.example.com', port: 443 }, false],
    ['another port', { scheme: 'https', host: 'registry.example.com', port: 5000 }, false],
    ['a subdomain', { scheme: 'https', host: 'a.registry.example.com', port: 443 }, false],
    ['the parent', { scheme: 'https', host: 'example.com', port: 443 }, false],
  ] as const)('%s', (_, place, allowed) => {
    expect(login.mayGoTo(place)).toBe(allowed)
  })

  test('reaches Docker Hub at registry-1.docker.io', () => {
    const hub = bound('ubuntu', 'https://index.docker.io/v1/')
    expect(hub.mayGoTo({ scheme: 'https', host: 'registry-1.docker.io', port: 443 })).toBe(true)
    expect(hub.mayGoTo({ scheme: 'https', host: 'docker.io', port: 443 })).toBe(false)
  })

  describe('S23: on loopback, where no port may mean 80, a login goes to the port that its secret names', () => {
    const tls = { scheme: 'https', host: 'localhost', port: 443 } as const
    const plain = { scheme: 'http', host: 'localhost', port: 80 } as const

    test.each(['localhost:443', 'http://localhost:443', 'https://localhost:443'])(
      '%s reaches port 443, and port 80 by no spelling of the image',
      (server) => {
        for (const image of ['localhost:443/app', 'localhost/app']) {
          expect(bound(image, server).mayGoTo(tls)).toBe(true)
          expect(bound(image, server).mayGoTo(plain)).toBe(false)
        }
      },
    )

    test('http://localhost reaches port 80, and port 443 by no spelling of the image', () => {
      expect(bound('localhost/app', 'http://localhost').mayGoTo(plain)).toBe(true)
      for (const image of ['localhost:443/app', 'localhost/app'])
        expect(bound(image, 'http://localhost').mayGoTo(tls)).toBe(false)
    })

    test('localhost reaches the port of the image', () => {
      expect(bound('localhost/app', 'localhost').mayGoTo(plain)).toBe(true)
      expect(bound('localhost:443/app', 'localhost').mayGoTo(tls)).toBe(true)
      expect(bound('localhost:443/app', 'localhost').mayGoTo(plain)).toBe(false)
    })
  })

  test('S23: uses plain http only on loopback, and not where the secret says https', () => {
    const place = { scheme: 'http', host: '127.0.0.1', port: 5000 } as const
    expect(bound('127.0.0.1:5000/app', '127.0.0.1:5000').mayGoTo(place)).toBe(true)
    expect(bound('127.0.0.1:5000/app', 'http://127.0.0.1:5000').mayGoTo(place)).toBe(true)
    expect(bound('127.0.0.1:5000/app', 'https://127.0.0.1:5000').mayGoTo(place)).toBe(false)
  })
})
