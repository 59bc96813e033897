import { expect, test } from 'vitest'
import { ApiToken, expiresSoon, tokenState } from './token.ts'

const now = Date.parse('2026-11-30T00:00:00Z')
const at = (days: number) => new Date(now + days * 86_400_000).toISOString()

test.each([
  [null, null, 'valid'],
  [at(1), null, 'valid'],
  [at(0), null, 'expired'],
  [at(-1), null, 'expired'],
  [null, at(-1), 'revoked'],
  [at(1), at(-1), 'revoked'],
  [at(-1), at(-2), 'revoked'],
  [at(-2), at(-1), 'expired'],
] as const)('a token that expires at %s and was revoked at %s is %s', (expires_at, revoked_at, expected) => {
  expect(tokenState({ expires_at, revoked_at }, now)).toBe(expected)
})

test.each([
  [at(8), null, false],
  [at(7), null, true],
  [at(0.1), null, true],
  [at(0), null, false],
  [null, null, false],
  [at(3), at(-1), false],
] as const)(
  'whether a token that expires at %s and was revoked at %s expires soon: %s',
  (expires_at, revoked_at, soon) => {
    expect(expiresSoon({ expires_at, revoked_at, identity: null }, now)).toBe(soon)
  },
)

test('a session, which lasts hours, never expires soon', () => {
  const identity = { issuer: 'https://login.example.com', subject: '1' }
  expect(expiresSoon({ expires_at: at(0.1), revoked_at: null, identity }, now)).toBe(false)
})

test('an older control plane, which knows no end, sends a token that does not expire', () => {
  const sent = {
    id: `tok_${'0'.repeat(26)}`,
    name: 'a',
    role: 'viewer',
    cloud_ids: null,
    created_at: at(0),
    last_used_at: null,
  }
  expect(ApiToken.parse({ ...sent, revoked_at: null })).toMatchObject({ expires_at: null })
})
