import { readFileSync } from 'node:fs'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseImageReference, type ImageReference } from './image-reference.ts'
import { isProblem } from '../problems/problem.ts'
import { matchServer } from './server-match.ts'

interface Vector {
  name: string
  server: string
  image: string
  match: boolean
  malformed?: boolean
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/vectors/server-match.json', import.meta.url), 'utf8'),
) as { cases: Vector[] }

const anyImage = parseImageReference('example.com/app')

function readImage(text: string): ImageReference | null {
  try {
    return parseImageReference(text)
  } catch (error) {
    if (isProblem(error)) return null
    throw error
  }
}

describe('the vectors', () => {
  test.each(cases)('$name', ({ server, image: text, match, malformed }) => {
    const image = readImage(text)
    const got = matchServer(server, image ?? anyImage)
    expect(got.malformed).toBe(malformed ?? false)
    expect(image !== null && got.match).toBe(match)
  })
})

describe('S23: on loopback, where a missing port may mean the http port', () => {
  const hosts = ['localhost', '127.0.0.1', '127.9.9.9', '[::1]']

  test.each(hosts)(
    '%s with port 443 is the registry without a port, and the answer says which port was named',
    (host) => {
      for (const [scheme, unnamed] of [
        ['', null],
        ['https://', null],
        ['http://', 80],
        ['HTTP://', 80],
      ] as const) {
        for (const image of [`${host}/app`, `${host}:443/app`]) {
          const at = (server: string) => matchServer(server, parseImageReference(image))
          expect(at(`${scheme}${host}:443/v2/`)).toEqual({ match: true, malformed: false, port: 443 })
          expect(at(`${scheme}${host}`)).toEqual({ match: true, malformed: false, port: unnamed })
          expect(at(`${scheme}${host}:80`).match).toBe(false)
        }
      }
    },
  )
})

const hub = ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']

describe('beyond the vectors', () => {
  test.each(hub.flatMap((server) => hub.map((image) => [server, image] as const)))(
    'the Docker Hub names %s and %s are one registry',
    (server, image) => {
      expect(matchServer(server, parseImageReference(`${image}/org/app`)).match).toBe(true)
      expect(
        matchServer(`https://${server.toUpperCase()}:443/v1/`, parseImageReference(`${image}/org/app`)).match,
      ).toBe(true)
      expect(matchServer(`${server}:8443`, parseImageReference(`${image}/org/app`)).match).toBe(false)
    },
  )

  test.each([
    ['[2001:db8:0:0:1::1]', 'the longest run of zeros is the one to shorten'],
    ['[1:2:3:4:5:6:7::]', 'one zero is not shortened'],
    ['[::ffff:7f00:1]', 'IPv4-mapped'],
    ['[::ffff:0:1%eth0]', 'zone'],
    ['[1::2::3]', 'two gaps'],
    ['[1:2:3:4:5:6:7:8:9]', 'nine groups'],
    ['[12345::]', 'five digits'],
    ['[:1::2]', 'a lone colon'],
    ['registry.0x', 'a last label that URL parsers read as a number'],
    ['registry.08', 'a last label of digits'],
    ['a'.repeat(300), 'too long'],
    ['http://127.0.0.1.:5000', 'trailing dot'],
    ['http://[::1', 'bracket not closed'],
    ['example.com\ud800', 'a lone surrogate'],
    ['example.com/v2/\u0000', 'NUL'],
    ['https://example.com/v1/v2/App', 'upper case in a path'],
    ['https://example.com:443:443/', 'two ports'],
    ['http:/example.com', 'one slash'],
    ['HTTP://example.com', 'http in upper case'],
    [`example.com/${'a/'.repeat(5000)}a`, 'far too long'],
  ])('%j is malformed: %s', (server) => {
    expect(matchServer(server, anyImage)).toEqual({ match: false, malformed: true, port: null })
  })

  test.each([[null], [undefined], [7], [{}], [['example.com']]])('%s, which is not text, is malformed', (server) => {
    expect(matchServer(server as unknown as string, anyImage)).toEqual({ match: false, malformed: true, port: null })
  })

  test.each([
    ['[2001:db8::1:0:0:1]', '[2001:db8::1:0:0:1]/app'],
    ['[::]', '[::]/app'],
    ['[2001:db8:0:1:1:1:1:1]', '[2001:DB8:0:1:1:1:1:1]/app'],
    ['https://example.com/v1/v2/team', 'example.com/v2/team/app'],
    ['HTTP://127.255.255.254:80', '127.255.255.254:80/app'],
    [`${'a'.repeat(63)}.example.com`, `${'a'.repeat(63)}.example.com/app`],
    ['1.example.com', '1.example.com/app'],
    ['registry.x0', 'registry.x0/app'],
  ])('%s is the server of %s', (server, image) => {
    expect(matchServer(server, parseImageReference(image))).toMatchObject({ match: true, malformed: false })
  })
})

const label = fc.stringMatching(/^[a-z](?:[a-z0-9-]{0,5}[a-z0-9])?$/)
const host = fc.oneof(
  fc.constantFrom(...hub, 'docker.io.example.com', 'xdocker.io', 'auth.docker.io'),
  fc.tuple(label, label).map((labels) => labels.join('.')),
  fc.ipV4(),
  fc.constantFrom('127.0.0.1', '127.0.0.2'),
)
const port = fc.constantFrom('', ':443', ':5000', ':80')
const identity = (name: string, at: string): string => {
  const onDefault = at === '' || at === ':443'
  return onDefault && hub.includes(name) ? 'hub' : `${name}${onDefault ? '' : at}`
}

describe('for any input', () => {
  test('a match never joins two hosts, except for Docker Hub aliases, and is symmetric', () => {
    fc.assert(
      fc.property(host, port, host, port, (a, portA, b, portB) => {
        const forward = matchServer(a + portA, parseImageReference(`${b}${portB}/org/app`))
        const backward = matchServer(b + portB, parseImageReference(`${a}${portA}/org/app`))
        expect(forward.match).toBe(identity(a, portA) === identity(b, portB))
        expect(backward.match).toBe(forward.match)
      }),
      { numRuns: 1000 },
    )
  })

  test('a server matches its own registry in every allowed spelling', () => {
    const spelling = fc.constantFrom(
      (text: string) => text,
      (text: string) => `https://${text}`,
      (text: string) => `HTTPS://${text.toUpperCase()}/`,
      (text: string) => `${text}/v2`,
      (text: string) => `https://${text}/V1/`,
    )
    fc.assert(
      fc.property(host, port, spelling, (name, at, spell) => {
        expect(matchServer(spell(name + at), parseImageReference(`${name}${at}/org/app`)).match).toBe(true)
      }),
    )
  })

  test('one inserted character never leads to another host', () => {
    const registry = parseImageReference('registry.example.com/app')
    fc.assert(
      fc.property(fc.nat(20), fc.string({ unit: anyCharacter, minLength: 1, maxLength: 2 }), (index, inserted) => {
        const server = `${'registry.example.com'.slice(0, index)}${inserted}${'registry.example.com'.slice(index)}`
        const rest = /^\/(?:v[12])?$/i.test(inserted) && index === 20
        expect(matchServer(server, registry).match).toBe(rest)
      }),
      { numRuns: 2000 },
    )
  })

  test('nothing is thrown, and malformed text never matches', () => {
    fc.assert(
      fc.property(fc.anything(), (server) => {
        const got = matchServer(server as string, anyImage)
        expect(got.match && got.malformed).toBe(false)
      }),
    )
  })
})
