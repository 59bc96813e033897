import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accessOf, provedClaims, withUserInfo } from './access-rules.ts'
import type { AccessRule } from './settings.ts'

const rule = (claims: AccessRule['claims'], role: AccessRule['role'] = 'viewer'): AccessRule => ({ claims, role })
const admins = rule({ groups: 'fairlead-admins' }, 'admin')
const team = rule({ groups: ['research', 'ml'], employed: true }, 'developer')
const roleOf = (rules: readonly AccessRule[], claims: Record<string, unknown>) => accessOf(rules, claims)?.role ?? null

describe('access', () => {
  test.each<[Record<string, unknown>, string | null]>([
    [{ groups: ['staff', 'fairlead-admins'] }, 'admin'],
    [{ groups: 'fairlead-admins' }, 'admin'],
    [{ groups: ['ml'], employed: true }, 'developer'],
    [{ groups: ['ml'] }, null],
    [{ groups: ['ml'], employed: false }, null],
    [{ groups: ['ml'], employed: 'true' }, null],
    [{ groups: ['ml', 'fairlead-admins'], employed: true }, 'admin'],
    [{ groups: [] }, null],
    [{ groups: [['fairlead-admins']] }, null],
    [{ groups: { 'fairlead-admins': true } }, null],
    [{ groups: 'fairlead-admins-2' }, null],
    [{ groups: 'Fairlead-Admins' }, null],
    [{ groups: ' fairlead-admins' }, null],
    [{}, null],
  ])('with %j is %s', (claims, role) => {
    expect(roleOf([admins, team], claims)).toBe(role)
  })

  test('is that of the first rule that matches, not of the widest', () => {
    const first = { ...team, clouds: ['research'] }
    expect(accessOf([first, admins], { groups: ['fairlead-admins', 'ml'], employed: true })).toBe(first)
  })

  test('comes from no claim that every object has', () => {
    expect(roleOf([rule({ constructor: 'x', toString: 'y' })], {})).toBeNull()
    expect(roleOf([{ claims: {}, role: 'admin' }], { groups: 'fairlead-admins' })).toBeNull()
  })

  test('a rule is a text, never a pattern', () => {
    for (const pattern of ['acme/*', '.*', 'acme/.+', '%']) {
      expect(roleOf([rule({ repository: pattern })], { repository: 'acme/images' })).toBeNull()
    }
  })
})

const scalar = fc.oneof(fc.string({ maxLength: 3 }), fc.boolean(), fc.integer({ min: 0, max: 3 }))
const claimName = fc.constantFrom('a', 'b', 'sub')
const wanted = fc.dictionary(claimName, fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 3 })))
const held = fc.dictionary(claimName, fc.oneof(scalar, fc.array(scalar, { maxLength: 4 }), fc.jsonValue()))
const list = <Value>(value: Value | Value[]): Value[] => (Array.isArray(value) ? value : [value])

test('whatever the rules and the claims, access needs one of the wanted values in each claim of a rule', () => {
  fc.assert(
    fc.property(fc.array(wanted, { maxLength: 4 }), held, (claimsOfRules, claims) => {
      const found = accessOf(
        claimsOfRules.map((one) => rule(one)),
        claims,
      )
      const fits = (one: AccessRule['claims']) =>
        Object.keys(one).length > 0 &&
        Object.entries(one).every(([name, values]) =>
          list(claims[name] as unknown).some((value) => list(values as unknown).includes(value)),
        )
      expect(found?.claims ?? null).toEqual(claimsOfRules.find(fits) ?? null)
    }),
  )
})

test.each([
  [{ email: 'a@b.c' }, 'a@b.c'],
  [{ email: 'a@b.c', email_verified: true }, 'a@b.c'],
  [{ email: 'a@b.c', email_verified: false }, undefined],
  [{ email: 'a@b.c', email_verified: 'false' }, undefined],
  [{ email: 'a@b.c', email_verified: 'true' }, 'a@b.c'],
  [{ email: 'a@b.c', email_verified: 'False' }, undefined],
  [{ email: 'a@b.c', email_verified: 0 }, undefined],
  [{ email: 'a@b.c', email_verified: null }, undefined],
])('of %j, the email that counts is %s', (claims, email) => {
  expect(provedClaims(claims)['email']).toBe(email)
})

test.each<[Record<string, unknown>, Record<string, unknown>, string | undefined]>([
  [{}, { email: 'a@b.c', email_verified: true }, 'a@b.c'],
  [{ email: 'a@b.c' }, { email: 'x@b.c', email_verified: true }, 'a@b.c'],
  [{ email_verified: true }, { email: 'a@b.c', email_verified: false }, undefined],
  [{ email: 'a@b.c' }, { email: 'a@b.c', email_verified: false }, undefined],
  [{ email: 'a@b.c', email_verified: false }, { email: 'a@b.c', email_verified: true }, undefined],
  [{ email_verified: false }, { email: 'a@b.c', email_verified: true }, undefined],
])('of the ID token %j with the user info %j, the email that counts is %s', (told, userInfo, email) => {
  expect(provedClaims(withUserInfo(told, userInfo))['email']).toBe(email)
})

test('the user info adds to the ID token, and changes nothing that it says', () => {
  const told = { iss: 'https://login.example.com', sub: 'eve', groups: ['staff'] }
  const userInfo = { iss: 'https://other.example.com', sub: 'jane', groups: ['fairlead-admins'], locale: 'en' }
  expect(withUserInfo(told, userInfo)).toEqual({ ...told, locale: 'en' })
})
