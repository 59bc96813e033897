import { newId } from '@fairlead/contract/names'
import { type Cloud, type Grant } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import { judgeGrant, secretFault } from './judge-grant.ts'

const at = '2026-01-01T00:00:00.000Z'
const aws: Cloud = {
  id: newId('cld'),
  name: 'prod',
  provider: 'aws',
  partition: null,
  region: 'eu-west-1',
  account_id: '111122223333',
  project_id: null,
  project_number: null,
  node_role: null,
  kubernetes: null,
  join: 'proof',
  allow_any_secret: false,
  prefetch: false,
  created_at: at,
}
const local: Cloud = { ...aws, provider: 'local', region: null, account_id: null, join: 'token' }

const judge = (cloud: Cloud, reference: string, registries = '', grants: readonly Grant[] = []) =>
  judgeGrant(cloud, grants, { reference, registries })

describe('a grant in the form', () => {
  test('of one secret says which secret it is, and is sent as typed', () => {
    const { facts, body } = judge(aws, 'team/login', 'Registry.Example.com:443, docker.io')
    expect(facts).toContainEqual(['account', '111122223333, the account of the nodes'])
    expect(body).toEqual({ reference: 'team/login', registries: ['registry.example.com', 'docker.io'] })
  })

  test('of a prefix says that it covers more than one', () => {
    expect(judge(aws, 'team/').facts).toEqual([['covers', 'every secret whose name starts with team/']])
    expect(judge(local, 'team/').referenceFault).toContain('prefix')
  })

  test('is neither an error nor sent while it is empty', () => {
    expect(judge(aws, '')).toEqual({ referenceFault: null, registriesFault: null, facts: null, body: null })
  })

  test.each(['ghp_0123456789abcdefghijABCDEFGHIJ456789', '{"username":"a","password":"b"}', 'dckr_pat_abcdefgh'])(
    'rejects what looks like a secret, and does not repeat it: %s',
    (secret) => {
      const { referenceFault, body } = judge(aws, secret)
      expect(referenceFault).toBe(secretFault(secret))
      expect(referenceFault).not.toContain(secret)
      expect(body).toBeNull()
    },
  )

  test('reports a reference or a registry that it cannot read', () => {
    expect(judge(aws, 'with space').referenceFault).toContain('AWS name')
    expect(judge(aws, 'login', 'https://registry.example.com').registriesFault).toContain('host[:port]')
    expect(judge(aws, 'login', 'https://registry.example.com').body).toBeNull()
  })

  test('is not created again when it exists', () => {
    const grant: Grant = {
      id: newId('grn'),
      cloud_id: aws.id,
      reference: 'login',
      match: 'exact',
      registries: ['docker.io'],
      created_at: at,
    }
    expect(judge(aws, 'login', 'docker.io', [grant]).body).toBeNull()
    expect(judge(aws, 'login', 'ghcr.io', [grant]).body).not.toBeNull()
  })
})
