import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsToken, looksLikeCredential, looksLikeSecret } from './looks-like-secret.ts'

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
  `npm_${'aB3dE6gH9j'.repeat(4).slice(0, 36)}`,
  `ATATT3xFfGF0${'aB3dE6gH9j'.repeat(4)}`,
  'ATBBaB3dE6gH9jaB3dE6gH9jkQ12',
  'glagent-aB3dE6gH9jaB3dE6gH9j',
  `sk-${'aB3dE6gH9j'.repeat(4)}`,
  `sk-ant-api03-${'aB3dE6gH9j'.repeat(4)}`,
  `sk_live_${'aB3dE6gH9j'.repeat(3)}`,
  `hvs.${'aB3dE6gH9j'.repeat(3)}`,
  `pypi-AgEIcHlwaS5vcmc${'aB3dE6gH9j'.repeat(3)}`,
  `AIza${'aB3dE6gH9j'.repeat(4).slice(0, 35)}`,
  `SG.aB3dE6gH9jaB3dE6gH9jkQ.${'aB3dE6gH9j'.repeat(5).slice(0, 43)}`,
  'ghu_x',
  'ghr_x',
  ...['dt', 'rt', 'cbt', 'ptt', 'ft', 'soat', 'oas', 'imt', 'ffct'].map((kind) => `gl${kind}-aB3dE6gH9j`),
  'nvapi-aB3dE6gH9j',
  'ya29.aB3dE6gH9j',
  'dop_v1_0123456789abcdef',
  `hf_${'aBcDeFgHiJ'.repeat(3)}`,
  'xoxb-0123456789-aB3dE6gH9j',
  'ASIAIOSFODNN7EXAMPLE',
  `rk_test_${'aB3dE6gH9j'.repeat(3)}`,
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
  'npm_token',
  'npm_config_registry_of_the_whole_company_in_europe',
  'sk-learn/registry-login-of-the-team-1',
  'sk-telecom',
  'sk_test_registry',
  'ATLAS-3x',
  'hvs.login',
  'SG.frontend',
  'ghp',
  'my{secret}',
  '',
])('%j is left to the grammar of references', (text) => {
  expect(looksLikeSecret(text)).toBe(false)
})

test('a JSON document is not a credential in itself, since settings look like that too', () => {
  expect(looksLikeCredential('{"debug": true}')).toBe(false)
  expect(looksLikeCredential('{"token": "ghp_0123456789abcdefghij"}')).toBe(true)
})

test('finds a token whatever precedes it', () => {
  const prefix = fc.constantFrom('dckr_pat_', 'ghp_', 'github_pat_', 'glpat-', 'AKCp', 'cmVmdGtu', 'eyJ')
  const rest = fc.stringMatching(/^[A-Za-z0-9]{16,40}$/)
  fc.assert(
    fc.property(fc.constantFrom('', ' ', 'x ', 'token=', '"', 'a:b/'), prefix, rest, (before, start, end) => {
      expect(looksLikeSecret(before + start + end)).toBe(true)
    }),
  )
})

const shape = fc.constantFrom(
  'dckr_pat_',
  'ghp_',
  'github_pat_',
  'glpat-',
  'glagent-',
  'AKCp',
  'cmVmdGtu',
  'eyJ',
  'npm_',
  'ATATT3x',
  'ATBB',
  'sk-',
  'hvs.',
  'ya29.',
  'AIza',
)
/** Shaped like tokens: letters of both cases and digits. */
const random = fc.stringMatching(/^[A-Za-z0-9]{37}$/).map((text) => `aB3${text}`)

test('S22: finds a whole token in a name or tag, whatever precedes it', () => {
  fc.assert(
    fc.property(fc.constantFrom('', 'v1-', 'cloud_', 'x.'), shape, random, (before, start, rest) => {
      expect(holdsToken(before + start + (start === 'AIza' ? rest.slice(0, 35) : rest))).toBe(true)
    }),
  )
})

test('S22: finds no token in names and tags of ordinary words, versions, dates and digests', () => {
  const word = fc.constantFrom(
    'prod',
    'team',
    'ml',
    'eu-central-1',
    'gpu',
    'ray',
    'nightly',
    'sk',
    'npm',
    'github',
    'token',
    'PATH',
    'NPM_TOKEN',
    'v1.2.3',
    '2.55.1-py312-cu128',
    '20261129',
    'latest',
    'AWS',
    'pypi',
    'SG',
    'AT',
    'live',
    'test',
    'dev',
  )
  const digest = fc.stringMatching(/^(?:sha-)?[0-9a-f]{7,64}$/)
  const name = fc.tuple(
    fc.array(fc.oneof(word, digest), { minLength: 1, maxLength: 6 }),
    fc.constantFrom('-', '_', '.'),
  )
  fc.assert(
    fc.property(name, ([words, between]) => {
      expect([words.join(between), holdsToken(words.join(between))]).toEqual([words.join(between), false])
    }),
    { numRuns: 2000 },
  )
})

test('S22: a name that only begins like a token is a name', () => {
  for (const name of [
    'glrt-cluster',
    'glft-training-of-the-team',
    'ghs_',
    'hf_models',
    'eyJ',
    'xoxb-relay',
    'npm_config_cache_of_this_whole_build_machine',
  ]) {
    expect([name, holdsToken(name)]).toEqual([name, false])
  }
})

test.each(['://a', '-----BEGIN ', ' ', '.ghp_', 'eyJ', '-sk-', '.SG.a', '"'])(
  '%j repeated is checked in linear time',
  (unit) => {
    // In quadratic time, each of these would take hours.
    looksLikeSecret(unit.repeat(1_000_000))
    holdsToken(unit.repeat(1_000_000))
    looksLikeSecret(`x${unit.repeat(1_000_000)}`)
  },
)
