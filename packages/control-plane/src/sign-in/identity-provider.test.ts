/** Which ID tokens count, and where a provider may have them verified. */
import { createHmac } from 'node:crypto'
import { createLocalJWKSet, exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { ZodError } from 'zod'
import { thrown } from '../testing/thrown.ts'
import { judgeIdToken, usableMetadata } from './identity-provider.ts'

const now = Date.UTC(2026, 10, 24, 12)
const seconds = now / 1000
const issuer = 'https://token.actions.githubusercontent.com'
const audience = 'https://fairlead.example.com'
const claims = {
  iss: issuer,
  aud: audience,
  sub: 'repo:acme/images:ref:refs/heads/main',
  repository: 'acme/images',
  iat: seconds,
  exp: seconds + 300,
}

let keys: ReturnType<typeof createLocalJWKSet>
let own: CryptoKey
let strange: CryptoKey
let publicPem: string
beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true })
  own = pair.privateKey
  strange = (await generateKeyPair('RS256')).privateKey
  publicPem = await exportSPKI(pair.publicKey)
  keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }] })
})

const sign = (payload: JWTPayload, by = own, kid = 'k') =>
  new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(by)
const judge = (token: string, fromStranger = true) => judgeIdToken(token, { issuer, audience, fromStranger, keys, now })
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('an ID token', () => {
  test('of its issuer, for this audience alone, and valid now, says who comes', async () => {
    expect(await judge(await sign(claims))).toEqual({ claims })
    expect(await judge(await sign({ ...claims, aud: [audience] }))).toMatchObject({ claims: { sub: claims.sub } })
    // As some providers issue them; that `azp` names the client is checked with the rest of their answer.
    const several = await sign({ ...claims, aud: [audience, 'project'], azp: audience })
    expect(await judge(several, false)).toMatchObject({ claims: { sub: claims.sub } })
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['for another audience', { aud: 'https://other.example.com' }, 'its audience is not https://fairlead.example.com'],
    ['for no audience', { aud: undefined }, 'its audience is not https://fairlead.example.com'],
    ['for others, too', { aud: [audience, 'https://other.example.com'] }, 'it is for other audiences, too'],
    [
      'for an audience that starts like this one',
      { aud: `${audience}.evil.example` },
      `its audience is not ${audience}`,
    ],
    ['of another issuer', { iss: 'https://gitlab.com' }, 'it is from another issuer'],
    ['that has expired', { exp: seconds - 31 }, 'it has expired'],
    ['without an end', { exp: undefined }, 'a claim that it needs is missing, or does not hold now'],
    ['without a beginning', { iat: undefined }, 'a claim that it needs is missing, or does not hold now'],
    ['that is not valid yet', { nbf: seconds + 31 }, 'a claim that it needs is missing, or does not hold now'],
    ['from the future', { iat: seconds + 31 }, 'it was issued in the future'],
    ['of nobody', { sub: undefined }, 'it does not say whose it is'],
    ['of too long a subject', { sub: 's'.repeat(256) }, 'it does not say whose it is'],
  ])('%s is refused', async (_, change, refusedBecause) => {
    expect(await judge(await sign({ ...claims, ...change }))).toEqual({ refusedBecause })
  })

  test('signed by another key is refused, whatever key it names', async () => {
    const refused = { refusedBecause: 'its signature is not by a key of its issuer' }
    expect(await judge(await sign(claims, strange))).toEqual(refused)
    expect(await judge(await sign(claims, strange, 'other'))).toEqual(refused)
  })

  test('without a signature, or with one that the public key makes, is refused', async () => {
    const refused = { refusedBecause: 'its kind of signature is not accepted' }
    expect(await judge(`${part({ alg: 'none' })}.${part(claims)}.`)).toEqual(refused)
    const text = `${part({ alg: 'HS256', kid: 'k' })}.${part(claims)}`
    const forged = createHmac('sha256', publicPem).update(text).digest('base64url')
    expect(await judge(`${text}.${forged}`)).toEqual(refused)
  })

  test.each(['', 'a.b.c', 'x'.repeat(8192), `flt_${'A'.repeat(43)}`, '{}'])('is not %j', async (text) => {
    expect(await judge(text)).toEqual({ refusedBecause: 'it is no ID token' })
  })

  test('S9: is no other text, which is refused for a reason that repeats nothing of it', async () => {
    const head = fc.record(
      {
        alg: fc.constantFrom<unknown>('RS256', 'ES256', 'EdDSA', 'none', 'HS256', 1),
        kid: fc.oneof(fc.constant('k'), fc.jsonValue()),
        crit: fc.jsonValue(),
        b64: fc.jsonValue(),
        jwk: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    const encoded = fc.oneof(head.map(part), fc.jsonValue().map(part), fc.base64String())
    const segments = fc.array(encoded, { maxLength: 5 }).map((parts) => parts.join('.'))
    await fc.assert(
      fc.asyncProperty(fc.oneof(segments, fc.string(), fc.constant('.'.repeat(2 ** 16))), async (text) => {
        const judged = await judge(text)
        const { refusedBecause } = 'claims' in judged ? { refusedBecause: 'it is one' } : judged
        expect(refusedBecause).toBeOneOf([
          'it is no ID token',
          'its kind of signature is not accepted',
          'its signature is not by a key of its issuer',
        ])
      }),
    )
  })

  test('with any one bit flipped is refused', async () => {
    const [header = '', payload = '', signature = ''] = (await sign(claims)).split('.')
    for (const [index, text] of [header, payload, signature].entries()) {
      const bytes = Buffer.from(text, 'base64url')
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        const flipped = Buffer.from(bytes)
        flipped[at] = (flipped[at] ?? 0) ^ 1
        const parts = [header, payload, signature].with(index, flipped.toString('base64url'))
        expect(await judge(parts.join('.'))).toHaveProperty('refusedBecause')
      }
    }
  })
})

describe('the endpoints of an identity provider', () => {
  const names = [
    'jwks_uri',
    'authorization_endpoint',
    'token_endpoint',
    'userinfo_endpoint',
    'device_authorization_endpoint',
  ] as const

  test('S9: whatever it says of itself, those that are used are URLs over https elsewhere, or it cannot be used', () => {
    const at = 'https://login.example.com/'
    const part = fc.constantFrom(
      'https:',
      'http:',
      '//',
      '/',
      'keys.example.com',
      '127.0.0.1',
      'localhost',
      '[::1]',
      '@',
      ':',
      '1',
    )
    const endpoint = fc.oneof(
      fc.string({ unit: part, maxLength: 6 }),
      fc.jsonValue(),
      fc.constant('https://keys.example.com/a'),
    )
    const said = fc.dictionary(fc.constantFrom(...names), endpoint)
    fc.assert(
      fc.property(said, (endpoints) => {
        let used: object = {}
        const error = thrown(() => (used = usableMetadata(new URL(at), { issuer: at, jwks_uri: at, ...endpoints })))
        expect(error === null || error instanceof ZodError).toBe(true)
        for (const [, url] of Object.entries(used).filter(([name]) => name !== 'issuer')) {
          const { protocol, hostname } = new URL(String(url))
          expect([protocol, /^(?:127\..*|localhost|\[::1\])$/.test(hostname)]).toEqual(['https:', false])
        }
      }),
    )
  })

  const use = (at: string, endpoints: object) => usableMetadata(new URL(at), { issuer: at, jwks_uri: at, ...endpoints })

  test.each(names)('%s: not on this machine or over plain http, unless it is there itself', (name) => {
    const elsewhere = 'https://login.example.com/'
    expect(use(elsewhere, { [name]: 'https://keys.example.com/a' })).toHaveProperty(name, 'https://keys.example.com/a')
    for (const endpoint of [
      'http://127.0.0.1:9090/-/reload',
      'http://127.1/',
      'http://localhost:8265/api/jobs/',
      'https://[::1]/',
      'http://login.example.com/',
    ])
      expect(() => use(elsewhere, { [name]: endpoint })).toThrow('Invalid input')
    const here = 'http://127.0.0.1:9000/'
    expect(use(here, { [name]: `${here}a` })).toHaveProperty(name, `${here}a`)
  })
})
