/** Which service account a token names, and how the owner's map names one. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outcomeOf, refusalOf } from '@fairlead/credential-path/testing/refusals'
import { podToken } from '../testing/pod-token.ts'
import { formatServiceAccount, parseServiceAccounts, serviceAccountIn, tokenAudience } from './service-account.ts'

const now = Date.parse('2026-11-30T12:00:00Z')
const trainer = { namespace: 'team-a', name: 'trainer' }
const token = (claims: object = {}) => podToken(trainer, { now, claims })
const reasonOf = (text: string) => String(refusalOf(() => serviceAccountIn(text, now)).facts.reason)

describe('the token of a pod', () => {
  test('names its service account', () => {
    expect(serviceAccountIn(token(), now)).toEqual(trainer)
    expect(serviceAccountIn(token({ aud: tokenAudience }), now)).toEqual(trainer)
  })

  test.each([
    ['for another audience', { aud: ['https://kubernetes.default.svc'] }, 'is for another audience'],
    ['for a second audience, which could use it here', { aud: [tokenAudience, 'vault'] }, 'is for another audience'],
    ['for no audience', { aud: [] }, 'is for another audience'],
    ['that has expired', { exp: now / 1000 }, 'has expired'],
    ['that does not expire', { exp: undefined }, 'is not the token of a service account'],
    ['of a user', { sub: 'alice' }, 'names two service accounts'],
    ['of two namespaces', { sub: 'system:serviceaccount:team-b:trainer' }, 'names two service accounts'],
    ['without a pod’s claims', { 'kubernetes.io': undefined }, 'is not the token of a service account'],
    [
      'whose namespace is no name',
      { 'kubernetes.io': { namespace: 'team/a', serviceaccount: { name: 'trainer' } } },
      'is not the token of a service account',
    ],
  ])('is refused if it is one %s', (_, claims, reason) => {
    expect(outcomeOf(() => serviceAccountIn(token(claims), now))).toBe('KUBELET_REQUEST_INVALID')
    expect(reasonOf(token(claims))).toContain(reason)
  })

  test.each(['', 'a.b', 'a.!.c', 'a.e30.c', token({ padding: 'x'.repeat(16 * 1024) })])(
    'is refused if it is no token',
    (text) => {
      expect(reasonOf(text)).toContain('is not the token of a service account')
    },
  )

  test('S9: whatever is sent, it names a service account or is refused without being repeated', () => {
    const parts = fc.constantFrom('.', 'e30', 'eyJhdWQi', '-', '_', '=', '\n')
    const claims = fc.json().map((json) => `h.${Buffer.from(json).toString('base64url')}.s`)
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: parts }), claims), (text) => {
        expect(outcomeOf(() => serviceAccountIn(text, now))).toBe('KUBELET_REQUEST_INVALID')
        expect(text.length > 3 && reasonOf(text).includes(text)).toBe(false)
      }),
    )
  })

  test('S9: every service account of Kubernetes is read back from its token', () => {
    fc.assert(
      fc.property(accounts, (account) => {
        expect(serviceAccountIn(podToken(account, { now }), now)).toEqual(account)
        expect(parseServiceAccounts(formatServiceAccount(account))).toEqual(account)
      }),
    )
  })
})

describe('the owner’s map', () => {
  test.each([
    ['team-a', { namespace: 'team-a', name: null }],
    ['team-a/trainer', trainer],
    ['team-a/ray.head-1', { namespace: 'team-a', name: 'ray.head-1' }],
    ['', null],
    ['team-a/', null],
    ['/trainer', null],
    ['team-a/trainer/x', null],
    ['team.a/trainer', null],
    ['Team/trainer', null],
    ['team-a/*', null],
    ['-team', null],
    ['a'.repeat(64), null],
  ])('%j names %j', (text, named) => {
    expect(parseServiceAccounts(text)).toEqual(named)
  })
})

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/)
const accounts = fc.record({
  namespace: label,
  name: fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.')),
})
