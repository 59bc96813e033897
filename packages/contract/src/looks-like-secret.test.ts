import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { looksLikeCredential, looksLikeSecret } from './looks-like-secret.ts'

test.each([
  'dckr_pat_aBcDeFgHiJkLmNoPqRsTuVwXyZ0',
  'dckr_oat_aBcDeFgHiJkLmNoP',
  'ghp_0123456789abcdefghij0123456789abcdef',
  'gho_x',
  'ghs_x',
  'github_pat_11ABCDEFG0',
  'glpat-aBcDeFgHiJkLmNoPqRsT',
  'AKCp8abcdefghijklmnop',
  'cmVmdGtuOjAxOjE3',
  'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
  'eyJ1c2VybmFtZSI6ImEifQ==',
  '{"username": "a", "password": "b"}',
  '  {',
  "'ghp_0123456789'",
  'https://user:hunter2@registry.example.com',
  'docker://user:12345@registry.example.com/app',
  'Bearer ghp_0123456789abcdefghij',
  '"password": "glpat-aBcDeFgHiJkLmNoPqRsT"',
  'arn:aws:secretsmanager:us-west-2:111122223333:secret:AKCp8abcdefghijklmnop',
  'AKIAIOSFODNN7EXAMPLE',
  '-----BEGIN RSA PRIVATE KEY-----',
])('%j looks like a secret', (text) => {
  expect(looksLikeSecret(text)).toBe(true)
})

test.each([
  'mysecretid',
  'prod/registry-login',
  'arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/registry-AbC123',
  'projects/my-project/secrets/registry/versions/latest',
  'https://registry.example.com:5000/v2/',
  'https://registry.example.com:5000',
  'github-token',
  'docker_pat',
  'key-eyJ',
  'prod/ghp_token',
  'ghp',
  'my{secret}',
  '',
])('%j is left to the grammar of references', (text) => {
  expect(looksLikeSecret(text)).toBe(false)
})

test('a JSON document is no credential in itself, since settings are written so too', () => {
  expect(looksLikeCredential('{"debug": true}')).toBe(false)
  expect(looksLikeCredential('{"token": "ghp_0123456789abcdefghij"}')).toBe(true)
})

test('a token is found whatever stands in front of it', () => {
  const prefix = fc.constantFrom('dckr_pat_', 'ghp_', 'github_pat_', 'glpat-', 'AKCp', 'cmVmdGtu', 'eyJ')
  const rest = fc.stringMatching(/^[A-Za-z0-9]{16,40}$/)
  fc.assert(
    fc.property(fc.constantFrom('', ' ', 'x ', 'token=', '"', 'a:b/'), prefix, rest, (before, start, end) => {
      expect(looksLikeSecret(before + start + end)).toBe(true)
    }),
  )
})

test.each(['://a', '-----BEGIN ', ' ', '.ghp_', 'eyJ', '"'])('%j repeated is judged in linear time', (unit) => {
  const before = performance.now()
  looksLikeSecret(unit.repeat(100_000))
  looksLikeSecret(`x${unit.repeat(100_000)}`)
  expect(performance.now() - before).toBeLessThan(200)
})
