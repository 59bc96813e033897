/** The map of logins: its valid content, and which entry serves which image. */
import { parseImageReference } from '@fairlead/contract/names'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entryForImage, entryForRegistry, parseLoginMap } from './login-map.ts'
import { outcomeOf, refusalOf } from '@fairlead/credential-path/testing/refusals'

const refused = (text: string) => refusalOf(() => parseLoginMap(text, 'map.yaml'))

const map = parseLoginMap(
  `
provider: aws
registries:
  registry.example.com: team/all
  registry.example.com/team: { secret: team/one }
  registry.example.com/team/deep: { secret: deep, provider: local }
  index.docker.io: hub
  127.0.0.1:5000: { secret: here }
`,
  'map.yaml',
)

describe('the provider of a secret in the map', () => {
  const arn = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:login-AbC123'
  const text = `registries:\n  a.example.com: ${arn}\n  b.example.com: login\n  c.example.com: { secret: x, provider: gcp }\n`

  test('comes from its entry, then its reference, then the machine', () => {
    const providers = parseLoginMap(text, 'map.yaml', 'gcp').map((entry) => entry.provider)
    expect(providers).toEqual(['aws', 'gcp', 'gcp'])
    expect(parseLoginMap(text, 'map.yaml').map((entry) => entry.provider)).toEqual(['aws', 'local', 'gcp'])
  })

  test('comes from the whole map if set there, whatever a reference looks like', () => {
    expect(parseLoginMap(`provider: local\n${text}`, 'map.yaml', 'aws').map((entry) => entry.provider)).toEqual([
      'local',
      'local',
      'gcp',
    ])
  })
})

describe('which secret serves an image', () => {
  test.each([
    ['registry.example.com/app', 'team/all'],
    ['registry.example.com:443/app', 'team/all'],
    ['registry.example.com/team/app', 'team/one'],
    ['registry.example.com/teams/app', 'team/all'],
    ['registry.example.com/team/deep/app', 'deep'],
    ['ubuntu', 'hub'],
    ['docker.io/library/ubuntu', 'hub'],
    ['127.0.0.1:5000/x', 'here'],
    ['127.0.0.1:5001/x', null],
    ['registry.example.com:5000/app', null],
    ['a.registry.example.com/app', null],
    ['registry.example.com.evil.test/app', null],
  ])('%s: %s', (image, secret) => {
    expect(entryForImage(map, parseImageReference(image))?.secret ?? null).toBe(secret)
  })

  test('an entry without a provider uses that of the map', () => {
    expect(map.map(({ provider }) => provider)).toEqual(['aws', 'aws', 'local', 'aws', 'aws'])
  })

  test('only an entry without a path counts for a whole registry', () => {
    expect(entryForRegistry(map, 'docker.io')?.secret).toBe('hub')
    const narrow = parseLoginMap('registries: { registry.example.com/team: x }', 'map.yaml')
    expect(entryForRegistry(narrow, 'registry.example.com')).toBeNull()
  })
})

describe('the content of the map', () => {
  test('maps nothing if it is empty', () => {
    expect(parseLoginMap('# nothing\n', 'map.yaml')).toEqual([])
  })

  test.each([
    ['registry: {}', 'its top is not as in the documentation'],
    ['registries: { a.example.com: 1 }', 'registries.a.example.com is not as in the documentation'],
    ['registries: { "https://a.example.com": x }', 'registries.https://a.example.com is neither HOST[:PORT] nor'],
    ['registries: { a.example.com: x, a.example.com:443: y }', 'a.example.com is there twice'],
    ['registries: { docker.io: x, index.docker.io: y }', 'docker.io is there twice'],
    ['registries: { a.example.com/TEAM: x }', 'is neither HOST[:PORT] nor HOST[:PORT]/PATH'],
    ['provider: azure', 'provider is not as in the documentation'],
    ['a: [', 'it is not valid YAML at line 1, column 5'],
    ['x: &a [1]\ny: *a', 'it has aliases'],
  ])('%j is refused', (text, reason) => {
    const found = refused(text)
    expect(found.code).toBe('LOGIN_MAP_INVALID')
    expect(found.facts.reason).toContain(reason)
  })

  test('S22: refuses a password in place of a reference without repeating it', () => {
    const found = refused('registries: { a.example.com: dckr_pat_canary-19ae }')
    expect(found.code).toBe('REFERENCE_LOOKS_LIKE_A_SECRET')
    expect(JSON.stringify([found.message, found.facts])).not.toContain('canary')
  })

  test('S9: any text is a map or a problem with it', () => {
    const part = fc.constantFrom(
      'registries',
      'provider',
      'a.example.com',
      ':',
      ' ',
      '\n',
      '- ',
      '{',
      '}',
      '"',
      '&a',
      '*a',
      '!!js',
    )
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: part })), (text) => {
        expect(outcomeOf(() => parseLoginMap(text, 'map.yaml'))).toBeOneOf([
          'read',
          'LOGIN_MAP_INVALID',
          'REFERENCE_LOOKS_LIKE_A_SECRET',
        ])
      }),
    )
  })
})
