/** The map of logins: its valid content, and which entry serves which image. */
import { parseImageReference } from '@fairlead/contract/names'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entryForPod, entryForRegistry, parseLoginMap } from './login-map.ts'
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
    expect(entryForPod(map, parseImageReference(image), null)?.secret ?? null).toBe(secret)
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

describe('which secret serves a pod', () => {
  const shared = parseLoginMap(
    `
provider: local
registries:
  registry.example.com: everybody
  registry.example.com/base: base
service_accounts:
  team-a:
    registry.example.com/team-a: a
    registry.example.com/base: a-base
  team-a/trainer:
    registry.example.com/team-a: a-trainer
    registry.example.com/team-a/models: a-models
  team-b/trainer:
    registry.example.com/team-b: b
`,
    'map.yaml',
  )
  const secretFor = (account: string, repository: string) => {
    const [namespace = '', name = ''] = account.split('/')
    const image = parseImageReference(`registry.example.com/${repository}`)
    return entryForPod(shared, image, account === '' ? null : { namespace, name })?.secret ?? null
  }

  test.each([
    ['team-a/trainer', 'team-a/app', 'a-trainer'],
    ['team-a/default', 'team-a/app', 'a'],
    ['team-a/trainer', 'team-a/models/llama', 'a-models'],
    ['team-b/trainer', 'team-b/app', 'b'],
    ['team-a/trainer', 'base/python', 'a-base'],
    ['team-b/default', 'base/python', 'base'],
    ['', 'base/python', 'base'],
    ['team-b/default', 'tools/app', 'everybody'],
  ])('%j, for %s: %s', (account, repository, secret) => {
    expect(secretFor(account, repository)).toBe(secret)
  })

  test.each([
    ['another namespace, whatever everybody may pull', 'team-b/trainer', 'team-a/app'],
    ['the same name in another namespace', 'team-c/trainer', 'team-b/app'],
    ['another service account of the namespace', 'team-a/default', 'team-a/models/llama'],
    ['another service account, as none is named for all of them', 'team-b/default', 'team-b/app'],
  ])('S2: none for %s, and the refusal names the service account', (_, account, repository) => {
    const found = refusalOf(() => secretFor(account, repository))
    expect(found.code).toBe('SERVICE_ACCOUNT_NOT_NAMED')
    expect(found.what).toContain(account)
    expect(found.what).toContain(`registry.example.com/${repository}`)
  })

  test('S2: none for a pod of which the kubelet sent no token', () => {
    expect(outcomeOf(() => secretFor('', 'team-a/app'))).toBe('SERVICE_ACCOUNT_MISSING')
  })

  test('S2: none of theirs for a whole registry, since Docker names no service account', () => {
    const narrow = parseLoginMap('service_accounts: { team-a: { registry.example.com: x } }', 'map.yaml')
    expect(entryForRegistry(narrow, 'registry.example.com')).toBeNull()
    expect(entryForRegistry(shared, 'registry.example.com')?.secret).toBe('everybody')
  })

  test('S2: whatever the map, a pod never gets the login of another service account', () => {
    const accounts = ['team-a', 'team-a/x', 'team-b', 'team-b/x', 'team-b/y']
    const places = ['r.test', 'r.test/p', 'r.test/p/q', 'r.test/q']
    // A secret is named after the service account that it is for.
    const given = (account: string) =>
      fc.subarray(places).map((some) => Object.fromEntries(some.map((place) => [place, account])))
    const maps = fc.record({
      registries: given('everybody'),
      service_accounts: fc.record(Object.fromEntries(accounts.map((account) => [account, given(account)]))),
    })
    const pods = fc.constantFrom('team-a/x', 'team-a/y', 'team-b/x', 'team-b/y', 'team-c/x')
    const repositories = fc.constantFrom('p', 'p/q', 'p/q/r', 'pp', 'q', 'r')
    fc.assert(
      fc.property(maps, pods, repositories, (file, pod, repository) => {
        const [namespace = '', name = ''] = pod.split('/')
        const image = parseImageReference(`r.test/${repository}`)
        const parsed = parseLoginMap(JSON.stringify(file), 'map.yaml')
        const find = () => entryForPod(parsed, image, { namespace, name })
        const found = outcomeOf(find)
        expect(found).toBeOneOf(['read', 'SERVICE_ACCOUNT_NOT_NAMED'])
        if (found !== 'read') return
        const entry = find()
        expect(entry?.secret).toBeOneOf([undefined, 'everybody', namespace, pod])
        const all = [file.registries, ...Object.values(file.service_accounts)].flatMap((each) => Object.keys(each))
        const covering = all.filter((place) => `r.test/${repository}/`.startsWith(`${place}/`))
        expect(entry?.name).toBe(covering.toSorted((a, b) => b.length - a.length)[0])
      }),
    )
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
    ['service_accounts: { team-a: { "https://a.test": x } }', 'service_accounts.team-a.https://a.test is neither'],
    ['service_accounts: { team-a/*: { a.test: x } }', 'service_accounts.team-a/* is neither NAMESPACE nor'],
    ['service_accounts: { team-a: { a.test: x, a.test:443: y } }', 'a.test is there twice'],
    ['service_accounts: { team-a: x }', 'service_accounts.team-a is not as in the documentation'],
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
      'service_accounts',
      'team-a/trainer',
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
