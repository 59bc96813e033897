import { exportJWK, generateKeyPair, importJWK, SignJWT, createLocalJWKSet, type JWTPayload } from 'jose'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { judgeGoogleMachine, readIdentityToken, type ExpectedAccount } from './gcp-identity-token.ts'

const now = Date.UTC(2026, 10, 24, 12)
const seconds = now / 1000
const audience = 'fairlead-join:J'
const expected: ExpectedAccount = {
  projectId: 'my-project',
  account: 'nodes@my-project.iam.gserviceaccount.com',
}
const claims = {
  iss: 'https://accounts.google.com',
  aud: audience,
  sub: '1',
  iat: seconds,
  exp: seconds + 3600,
  email: expected.account,
  email_verified: true,
  google: { compute_engine: { project_id: 'my-project', instance_id: '123456789', zone: 'z' } },
}

let keys: ReturnType<typeof createLocalJWKSet>
let key: CryptoKey
let strange: CryptoKey
beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true })
  key = pair.privateKey
  strange = (await generateKeyPair('RS256')).privateKey
  keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }] })
})

const sign = (payload: JWTPayload, by = key, kid = 'k') =>
  new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(by)
const judge = async (token: string, by = keys) =>
  judgeGoogleMachine(await readIdentityToken(token, audience, by, now), expected)
const machine = (part: object) => ({ google: { compute_engine: { ...claims.google.compute_engine, ...part } } })

describe('S18: a Google identity token', () => {
  test('for this join, project and account is the machine that it names', async () => {
    expect(await judge(await sign(claims))).toEqual({
      identity: { principal: expected.account, instance: '123456789' },
      instanceKey: 'gcp:my-project:123456789',
      roleId: null,
    })
  })

  test.each<[string, Record<string, unknown>]>([
    ['for another join', { aud: 'fairlead-join:K' }],
    ['for several audiences', { aud: [audience, 'else'] }],
    ['of another issuer', { iss: 'accounts.google.com' }],
    ['that has ended', { exp: seconds - 31 }],
    ['without an end', { exp: undefined }],
    ['of an e-mail that is not verified', { email_verified: false }],
    ['of another account', { email: 'nodes@my-project.iam.gserviceaccount.com.example.com' }],
    ['of another project', machine({ project_id: 'my-project-2' })],
    ['of no machine', { google: undefined }],
    ['of a machine without a number', machine({ instance_id: 'x' })],
  ])('%s is rejected', async (_, part) => {
    await expect(judge(await sign({ ...claims, ...part }))).rejects.toMatchObject({ code: 'NODE_PROOF_REFUSED' })
  })

  test('signed by Google’s own key with anything but RS256 is rejected, even if the key names no algorithm', async () => {
    const pair = await generateKeyPair('RS256', { extractable: true })
    const open = createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k' }] })
    const signedAs = async (alg: string) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg, kid: 'k' })
        .sign(await importJWK(await exportJWK(pair.privateKey), alg))
    await judge(await signedAs('RS256'), open)
    for (const alg of ['RS384', 'RS512', 'PS256']) {
      await expect(judge(await signedAs(alg), open)).rejects.toMatchObject({
        code: 'NODE_PROOF_REFUSED',
      })
    }
  })

  test('signed by another key, unsigned, or signed with a shared secret is rejected', async () => {
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
    const head = (alg: string) => Buffer.from(JSON.stringify({ alg, kid: 'k' })).toString('base64url')
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'k' })
      .sign(new TextEncoder().encode('x'.repeat(32)))
    for (const token of [
      await sign(claims, strange),
      await sign(claims, key, 'x'),
      `${head('none')}.${payload}.`,
      shared,
    ]) {
      await expect(judge(token)).rejects.toMatchObject({ code: 'NODE_PROOF_REFUSED' })
    }
  })

  test('S9: any other text is NODE_PROOF_REFUSED: no stranger can make Google look unreachable', async () => {
    const part = fc.oneof(
      fc.jsonValue(),
      fc.record({ alg: fc.constantFrom('RS256', 'none', 1), kid: fc.jsonValue() }, { requiredKeys: [] }),
    )
    const fields = fc.record(
      { crit: fc.jsonValue(), b64: fc.jsonValue(), jwk: fc.jsonValue(), typ: fc.jsonValue() },
      { requiredKeys: [] },
    )
    const head = fc.oneof(
      part,
      fields.map((more) => ({ alg: 'RS256', kid: 'k', ...more })),
    )
    const encoded = fc.oneof(
      head.map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
      fc.base64String(),
    )
    const segments = fc.array(encoded, { maxLength: 5 }).map((parts) => parts.join('.'))
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(segments, fc.string({ unit: anyCharacter }), fc.constant('.'.repeat(2 ** 16))),
        async (text) => {
          await expect(judge(text)).rejects.toMatchObject({ code: 'NODE_PROOF_REFUSED' })
        },
      ),
    )
  })

  test('S9: of Google’s own, with any other claims about the machine, is NODE_PROOF_REFUSED', async () => {
    const text = fc.string().filter((it) => !/^\d{1,20}$/.test(it))
    const instance = fc.oneof(text, fc.integer(), fc.constantFrom(null, [], {}, '1'.repeat(21)))
    const machine = fc.record({ project_id: fc.constant('my-project'), instance_id: instance })
    const google = fc.oneof(fc.jsonValue(), fc.record({ compute_engine: fc.oneof(fc.jsonValue(), machine) }))
    await fc.assert(
      fc.asyncProperty(google, async (said) => {
        await expect(judge(await sign({ ...claims, google: said }))).rejects.toMatchObject({
          code: 'NODE_PROOF_REFUSED',
        })
      }),
      { numRuns: 30 },
    )
  })
})
