/** Which door a repository goes through. */
import { parseNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { describe, expect, test } from 'vitest'
import { doorFor, imageAt, registriesOf } from './door-table.ts'

const policy = parseNodePolicy(
  `
allowed_registries: [r.example.com, docker.io]
doors:
  r.example.com: whole-login
  r.example.com/research: research-login
  r.example.com/research/secret: secret-login
  index.docker.io/team: hub-login
  "other.example.com:5000": null
`,
  'policy.yaml',
)
const secretFor = (registry: string, repository: string) => doorFor(policy, registry, repository).secret

describe('the door of a repository', () => {
  test.each([
    ['r.example.com', 'app', 'whole-login'],
    ['r.example.com', 'researchers/app', 'whole-login'],
    ['r.example.com', 'research', 'research-login'],
    ['r.example.com', 'research/app', 'research-login'],
    ['r.example.com', 'research/secret/app', 'secret-login'],
    ['docker.io', 'team/app', 'hub-login'],
    ['other.example.com:5000', 'app', null],
  ])('has the longest path that covers it: %s/%s', (registry, repository, secret) => {
    expect(secretFor(registry, repository)).toBe(secret)
  })

  test.each([
    ['docker.io', 'library/ubuntu'],
    ['docker.io', 'teams/app'],
    ['other.example.com', 'app'],
    ['elsewhere.example.com', 'app'],
  ])('is not open for what no entry covers: %s/%s', (registry, repository) => {
    expect(() => secretFor(registry, repository)).toThrow(
      expect.objectContaining({ code: 'DOOR_NOT_OPEN', facts: { registry, repository } }),
    )
  })

  test('is open for nothing if the owner allows every registry there is', () => {
    const open = parseNodePolicy('doors: { r.example.com: login }', 'policy.yaml')
    expect(() => doorFor(open, 'r.example.com', 'app')).toThrow(
      expect.objectContaining({ code: 'DOOR_NEEDS_ALLOWED_REGISTRIES' }),
    )
  })
})

test('the registries with a door are named once, by the name that images have', () => {
  expect(registriesOf(policy)).toEqual(['r.example.com', 'docker.io', 'other.example.com:5000'])
})

test.each([
  ['v1', 'r.example.com/team/app:v1', { tag: 'v1', digest: null }],
  [`sha256:${'a'.repeat(64)}`, `r.example.com/team/app@sha256:${'a'.repeat(64)}`, { tag: null }],
  [null, 'r.example.com/team/app', { tag: null, digest: null }],
])('an image is named as users name it: %s', (reference, name, parts) => {
  const found = imageAt('r.example.com', 'team/app', reference)
  expect(found.name).toBe(name)
  expect(found.image).toMatchObject({ domain: 'r.example.com', path: 'team/app', ...parts })
})
