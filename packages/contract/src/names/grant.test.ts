import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Provider } from './provider.ts'
import { grantMatch, referenceGranted } from './grant.ts'
import { isProblem } from '../problems/problem.ts'
import { parseSecretReference, type SecretContext } from './secret-reference.ts'

const aws: SecretContext = { partition: 'aws', region: 'us-west-2', accountId: '111122223333' }
const gcp: SecretContext = { projectId: 'my-project', projectNumber: '123456789012' }
const arn = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:'

function granted(provider: Provider, grant: string, wanted: string, context: SecretContext): boolean {
  const reference = parseSecretReference(provider, wanted, context)
  return referenceGranted([{ reference: grant }], reference, 'reg.example.com', provider, context)
}

describe('on AWS', () => {
  test.each([
    ['prod/registry', 'prod/registry'],
    ['prod/registry', `${arn}prod/registry-AbC123`],
    [`${arn}prod/registry-AbC123`, 'prod/registry'],
    [`${arn}prod/registry-AbC123`, `${arn}prod/registry-Zz9Zz9`],
    ['prod/', 'prod/registry'],
    ['prod/', `${arn}prod/a/b-AbC123`],
    [`${arn}prod/`, 'prod/registry'],
    ['/', '/prod/registry'],
    [
      'arn:aws:secretsmanager:eu-west-1:444455556666:secret:team/',
      'arn:aws:secretsmanager:eu-west-1:444455556666:secret:team/x-AbC123',
    ],
  ])('%s covers %s', (grant, wanted) => {
    expect(granted('aws', grant, wanted, aws)).toBe(true)
  })

  test.each([
    ['prod/registry', 'prod/registry2'],
    ['prod', 'prod/registry'],
    ['prod/', 'production/registry'],
    ['prod/', '/prod/registry'],
    ['prod/', 'arn:aws:secretsmanager:us-west-2:444455556666:secret:prod/registry-AbC123'],
    ['prod/', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/registry-AbC123'],
    ['prod/registry', 'PROD/registry'],
    ['*', 'prod/registry'],
    ['prod/*', 'prod/registry'],
    ['arn:aws:secretsmanager:*:*:secret:prod/', 'prod/registry'],
    ['not a reference/', 'prod/registry'],
    ['', 'prod/registry'],
  ])('%j does not cover %s', (grant, wanted) => {
    expect(granted('aws', grant, wanted, aws)).toBe(false)
  })

  test('a node that does not know its account matches bare names with bare names only', () => {
    expect(granted('aws', 'prod/', 'prod/a', {})).toBe(true)
    expect(granted('aws', 'prod/', `${arn}prod/a-AbC123`, {})).toBe(false)
  })
})

describe('on GCP', () => {
  test.each([
    ['registry', 'registry'],
    ['registry', 'projects/my-project/secrets/registry/versions/7'],
    ['/projects/my-project/secrets/registry/versions/3', 'projects/123456789012/secrets/registry/versions/latest'],
    ['projects/my-project/secrets/', 'registry'],
    ['/projects/123456789012/', 'registry'],
    ['projects/other-project/', 'projects/other-project/locations/us-central1/secrets/a/versions/1'],
    [
      'projects/my-project/locations/us-central1/secrets/',
      'projects/my-project/locations/us-central1/secrets/a/versions/1',
    ],
  ])('%s covers %s', (grant, wanted) => {
    expect(granted('gcp', grant, wanted, gcp)).toBe(true)
  })

  test.each([
    ['registry', 'projects/other-project/secrets/registry/versions/1'],
    ['projects/my-project/secrets/', 'projects/my-project2/secrets/a/versions/1'],
    ['projects/my-project/secrets/', 'projects/my-project/locations/us-central1/secrets/a/versions/1'],
    ['projects/', 'registry'],
    ['/', 'registry'],
    ['projects/my-project/secrets/regi/', 'registry'],
  ])('%s does not cover %s', (grant, wanted) => {
    expect(granted('gcp', grant, wanted, gcp)).toBe(false)
  })
})

test('only whole names are granted on a local node', () => {
  expect(granted('local', 'registry', 'registry', {})).toBe(true)
  expect(granted('local', 'reg', 'registry', {})).toBe(false)
  expect(granted('local', 'registry/', 'registry', {})).toBe(false)
})

describe('a grant limited to registries', () => {
  const reference = parseSecretReference('aws', 'hub', aws)
  const covers = (registries: string[], key: string | null) =>
    referenceGranted([{ reference: 'hub', registries }], reference, key, 'aws', aws)

  test('covers those under any of their names', () => {
    expect(covers(['index.docker.io'], 'docker.io')).toBe(true)
    expect(covers(['REG.example.com:443'], 'reg.example.com')).toBe(true)
    expect(covers([], 'anything.example')).toBe(true)
  })

  test('covers no other or unknown registry, and none under a malformed name', () => {
    expect(covers(['docker.io'], 'docker.io.example.com')).toBe(false)
    expect(covers(['reg.example.com:5000'], 'reg.example.com')).toBe(false)
    expect(covers(['docker.io'], null)).toBe(false)
    expect(covers(['not a host'], null)).toBe(false)
    expect(covers(['*'], 'docker.io')).toBe(false)
  })
})

test('a reference of another provider is never covered', () => {
  const reference = parseSecretReference('local', 'a', {})
  expect(referenceGranted([{ reference: 'a' }], reference, null, 'aws', aws)).toBe(false)
})

test('a new grant is exact or a prefix, and is refused if it could never cover anything', () => {
  expect(grantMatch('aws', 'prod/', aws)).toBe('prefix')
  expect(grantMatch('aws', 'prod/a', aws)).toBe('exact')
  for (const [provider, text] of [
    ['local', 'a/'],
    ['gcp', 'team/'],
    ['aws', 'a b/'],
    ['aws', '*'],
  ] as const) {
    expect(() => grantMatch(provider, text, {})).toThrow(expect.objectContaining({ code: 'SECRET_REF_INVALID' }))
  }
})

test('no grant throws, and every reference it covers starts with it', () => {
  const wanted = parseSecretReference('aws', 'prod/registry', aws)
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('prod/egisty*a:-')), maxLength: 16 }), (text) => {
      const covered = referenceGranted([{ reference: text }], wanted, null, 'aws', aws)
      expect(covered).toBe(text === 'prod/registry' || text === 'prod/')
    }),
  )
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      expect(['exact', 'prefix', 'refused']).toContain(matchOf(text))
    }),
  )
})

function matchOf(text: string): string {
  try {
    return grantMatch('gcp', text, gcp)
  } catch (error) {
    if (isProblem(error)) return 'refused'
    throw error
  }
}
