import type { Cloud, Grant } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import { grantAnswer, imageFacts, referenceIn, registryIn, secretFacts } from './meaning.ts'
import { policyFor } from './policy-for.ts'

const cloud = (given: Partial<Cloud>): Cloud => ({
  id: 'cld_0000000000000000000000000a' as Cloud['id'],
  name: 'prod',
  provider: 'aws',
  partition: 'aws',
  region: 'eu-west-1',
  account_id: '123456789012',
  project_id: null,
  project_number: null,
  node_role: 'ray-nodes',
  join: 'proof',
  kubernetes: null,
  allow_any_secret: false,
  prefetch: false,
  created_at: '2026-11-01T00:00:00Z',
  ...given,
})
const aws = cloud({})
const gcp = cloud({
  provider: 'gcp',
  region: null,
  account_id: null,
  partition: null,
  project_id: 'my-project',
  project_number: '42',
})
const local = cloud({ provider: 'local', region: null, account_id: null, partition: null, node_role: null })

function factsOf(text: string, where: Cloud): Record<string, string> {
  const reference = referenceIn(text, where)
  return reference === null ? {} : Object.fromEntries(secretFacts(reference, where))
}

test.each([
  ['ray', { registry: 'docker.io (Docker Hub)', repository: 'library/ray', tag: 'latest' }],
  ['example.jfrog.io:443/a/b:2', { registry: 'example.jfrog.io', repository: 'a/b', tag: '2' }],
  [
    `r.example/a:1@sha256:${'a'.repeat(64)}`,
    { registry: 'r.example', repository: 'a', tag: '1, and the digest decides', digest: `sha256:${'a'.repeat(64)}` },
  ],
])('reads the image %s', (text, facts) => {
  expect(Object.fromEntries(imageFacts(text) ?? [])).toEqual(facts)
})

test('an invalid image means nothing yet', () => {
  expect(imageFacts('https://a/b')).toBeNull()
  expect(registryIn('A B')).toBeNull()
})

describe('a secret reference', () => {
  test('a bare name on AWS is in the account and region of the nodes', () => {
    expect(factsOf('team/login', aws)).toEqual({
      'kept in': 'AWS Secrets Manager',
      account: '123456789012, the account of the nodes',
      region: 'eu-west-1, the region of the nodes',
      name: 'team/login',
      version: 'the current one',
      'read by': 'the nodes, as their role ray-nodes',
    })
  })

  test('an ARN says where else it is', () => {
    const facts = factsOf('arn:aws:secretsmanager:us-east-1:999999999999:secret:login-AbCdEf', aws)
    expect(facts['account']).toBe('999999999999, not the account of the nodes')
    expect(facts['region']).toBe('us-east-1, not the region of the nodes')
  })

  test('if the location of the cloud is unknown, neither is compared', () => {
    const nowhere = cloud({ region: null, account_id: null })
    expect(factsOf('arn:aws:secretsmanager:us-east-1:999999999999:secret:login-AbCdEf', nowhere)['account']).toBe(
      '999999999999',
    )
    expect(factsOf('login', nowhere)['account']).toBe('the account of the nodes')
  })

  test('on Google Cloud the version counts, and a project may be a number', () => {
    expect(factsOf('login', gcp)['version']).toBe('latest: the version added last')
    const facts = factsOf('/projects/42/secrets/login/versions/3', gcp)
    expect([facts['project'], facts['version']]).toEqual(['42, the project of the nodes', '3'])
  })

  test('on a local cloud it is a file of the node', () => {
    expect(factsOf('login', local)['kept in']).toContain('a file on each node')
  })
})

describe('whether it is granted', () => {
  const grant = (reference: string, registries: string[] = []): Grant => ({
    id: 'gr_a' as Grant['id'],
    cloud_id: aws.id,
    reference,
    match: 'exact',
    registries,
    created_at: '2026-11-01T00:00:00Z',
  })
  const ask = (grants: readonly Grant[], image: string, where = aws) => {
    const reference = referenceIn('login', where)
    if (reference === null) throw new TypeError('no reference')
    return grantAnswer(where, grants, { reference, text: 'login', registry: registryIn(image) })
  }

  test('is shown for the registry of the image', () => {
    const grants = [grant('login', ['r.example'])]
    expect(ask(grants, 'r.example/a')).toEqual({ granted: true, why: 'grant' })
    expect(ask(grants, 'other.example/a')).toEqual({
      granted: false,
      command: 'fairlead cloud grant login --registry other.example --cloud-name prod',
    })
  })

  test('is not shown before there is an image', () => {
    expect(ask([], '')).toBeNull()
  })

  test('is true for any secret if the cloud says so', () => {
    expect(ask([], '', cloud({ allow_any_secret: true }))).toEqual({ granted: true, why: 'any' })
  })
})

describe('the policy before anything is created', () => {
  test('on AWS names exactly this secret, and with customer keys also its decryption', () => {
    const policy = policyFor('login', aws, false)
    expect(policy?.provider === 'aws' && policy.identity_policy.Statement[0]?.Resource).toEqual([
      'arn:aws:secretsmanager:eu-west-1:123456789012:secret:login-??????',
    ])
    const withKeys = policyFor('login', aws, true)
    expect(withKeys?.provider === 'aws' && withKeys.identity_policy.Statement).toHaveLength(2)
  })

  test('on Google Cloud binds the service account', () => {
    expect(policyFor('login', gcp, false)).toMatchObject({ bindings: [{ project: 'my-project', secret: 'login' }] })
  })

  test('is absent when there is nothing to attach or the place is unknown', () => {
    expect(policyFor('login', local, false)).toBeNull()
    expect(policyFor('login', cloud({ account_id: null }), false)).toBeNull()
  })
})
