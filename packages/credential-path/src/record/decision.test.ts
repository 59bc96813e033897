import { problem, type ProblemCode } from '@fairlead/contract/problems'
import { describe, expect, test } from 'vitest'
import { decideLogin, mayStartOffline, provedDecision, recordedDecision, type OfflineQuestion } from './decision.ts'

describe('the decision about a login', () => {
  test.for([
    ['none', 'fail', 'anonymous_no_secret'],
    ['none', 'anonymous', 'anonymous_no_secret'],
    ['fits', 'fail', 'authenticated'],
    ['fits', 'anonymous', 'authenticated'],
    ['other-registry', 'fail', 'refused'],
    ['other-registry', 'anonymous', 'anonymous_mismatch_allowed'],
  ] as const)('%s under %s is %s', ([fit, policy, decision]) => {
    expect(decideLogin(fit, policy)).toBe(decision)
  })

  test.for([
    ['authenticated', null, 'authenticated'],
    ['authenticated', 'REGISTRY_LOGIN_REJECTED', 'authenticated'],
    ['authenticated', 'TOKEN_REALM_NOT_TRUSTED', 'refused'],
    ['authenticated', 'CHALLENGE_UNSUPPORTED', 'refused'],
    ['authenticated', 'CHALLENGE_MALFORMED', 'refused'],
    ['authenticated', 'REGISTRY_ADDRESS_REFUSED', 'refused'],
    ['authenticated', 'REGISTRY_NOT_ALLOWED', 'refused'],
    ['authenticated', 'REGISTRY_OF_ANOTHER_USER', 'refused'],
    ['anonymous_no_secret', 'TOKEN_REALM_NOT_TRUSTED', 'anonymous_no_secret'],
    ['refused', 'SECRET_NOT_FOUND', 'refused'],
  ] as const)('%s that ended with %s is on record as %s', ([taken, code, decision]) => {
    expect(recordedDecision(taken, code)).toBe(decision)
  })
})

test('does not record a login that the registry did not prove', () => {
  expect(provedDecision('authenticated', 'proved')).toBe('authenticated')
  expect(provedDecision('authenticated', 'unproved')).toBe('anonymous_login_unproved')
  expect(provedDecision('authenticated', 'unsent')).toBe('anonymous_login_unproved')
  expect(provedDecision('anonymous_no_secret', 'none')).toBe('anonymous_no_secret')
  expect(provedDecision('anonymous_mismatch_allowed', 'none')).toBe('anonymous_mismatch_allowed')
})

describe('a start without the registry (S11)', () => {
  const now = Date.parse('2026-11-24T12:00:00Z')
  const proof = {
    registry: 'registry.example.com',
    repository: 'team/app',
    digest: `sha256:${'a'.repeat(64)}`,
    platform: 'linux/amd64',
    sizeBytes: 1,
    imageId: `sha256:${'b'.repeat(64)}`,
    secret: 'login',
    secretVersion: 'v1',
    at: '2026-11-24T11:00:00Z',
  }
  const question: OfflineQuestion = {
    error: problem('REGISTRY_UNREACHABLE', { registry: 'registry.example.com' }),
    proof,
    policy: 'allow',
    secret: 'login',
    secretVersion: 'v1',
    now,
  }

  test('is allowed within a day, with the same version of the same secret', () => {
    expect(mayStartOffline(question)).toBe(true)
    const aDayLater = Date.parse('2026-11-25T11:00:00Z')
    expect(mayStartOffline({ ...question, now: aDayLater })).toBe(true)
    expect(mayStartOffline({ ...question, now: aDayLater + 1 })).toBe(false)
  })

  test.for([
    ['nothing was proved', { proof: null }],
    ["the node's file forbids it", { policy: 'forbid' }],
    ['the secret is another', { secret: 'other' }],
    ['no secret is named any more', { secret: null, secretVersion: null }],
    ['the secret has another version', { secretVersion: 'v2' }],
    ['the proof is of the future', { now: Date.parse(proof.at) - 1 }],
    ['it is not a problem of ours', { error: new Error('x') }],
  ] as const)('may not be when %s', ([, change]) => {
    expect(mayStartOffline({ ...question, ...change })).toBe(false)
  })

  const answers: readonly ProblemCode[] = [
    'IMAGE_NOT_FOUND',
    'REGISTRY_ACCESS_DENIED',
    'REGISTRY_AUTH_MISSING',
    'REGISTRY_LOGIN_REJECTED',
    'REGISTRY_TLS',
    'TOKEN_REALM_NOT_TRUSTED',
    'REGISTRY_RATE_LIMITED',
    'INTERRUPTED',
  ]
  test.for(answers)('may not be after %s: that is an answer', (code) => {
    const facts = { registry: 'r.example.com', repository: 'a' }
    expect(mayStartOffline({ ...question, error: problem(code as 'IMAGE_NOT_FOUND', facts) })).toBe(false)
  })
})
