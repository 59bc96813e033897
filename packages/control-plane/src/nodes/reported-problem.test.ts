import { newId } from '@fairlead/contract/names'
import { Problem, type ProblemCode, type WireFacts } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CloudRecord } from '../store/records.ts'
import { completeReport } from './reported-problem.ts'

const cloud = (part: Partial<CloudRecord>): CloudRecord => ({
  id: newId('cld'),
  name: 'ours',
  provider: 'aws',
  partition: null,
  region: 'eu-central-1',
  account_id: null,
  project_id: null,
  project_number: null,
  node_role: null,
  kubernetes: null,
  join: 'token',
  role_id: null,
  deleted_at: null,
  allow_any_secret: false,
  prefetch: false,
  created_at: '2026-11-26T00:00:00.000Z',
  ...part,
})
const aws = cloud({ account_id: '111122223333' })
const gcp = cloud({ provider: 'gcp', project_id: 'our-project' })
const build = { docker_image_name: 'registry.example.com:443/team/app:1', registry_login_secret: 'team/login' }

const factsOf = (code: ProblemCode, facts: WireFacts, of: CloudRecord, ordered = build) =>
  completeReport({ code, facts }, { build: ordered, cloud: of }).facts
const denied = (facts: WireFacts, of: CloudRecord) => factsOf('SECRET_ACCESS_DENIED', facts, of)

describe('the account that a fix grants access to', () => {
  const named = { ...aws, node_role: 'ml/nodes' }
  const proven = { ...aws, join: 'proof' } as const
  const account = aws.account_id ?? ''
  test.each([
    [named, { account, role: 'nodes' }, true],
    [named, { account, role: 'ml' }, false],
    [named, { account: '999999999999', role: 'nodes' }, false],
    [proven, { account, role: `${proven.id}-cluster_node_role` }, true],
    [proven, { account, role: 'nodes' }, false],
    // No role configured: any role of the own account.
    [aws, { account, role: 'nodes' }, true],
    [aws, { account: '999999999999', role: 'nodes' }, false],
    // The own account is not known.
    [cloud({ node_role: 'nodes' }), { account, role: 'nodes' }, false],
    [cloud({ provider: 'local' }), { account, role: 'nodes' }, false],
  ])('AWS: case %#', (of, who, isKept) => {
    expect(denied(who, of)).toEqual(isKept ? who : {})
  })

  const email = 'n@our-project.iam.gserviceaccount.com'
  test.each([
    [{ ...gcp, node_role: email }, email, true],
    [{ ...gcp, node_role: email }, 'v@our-project.iam.gserviceaccount.com', false],
    [gcp, email, true],
    [gcp, 'v@not-our-project.iam.gserviceaccount.com', false],
    [gcp, 'v@our-project.iam.gserviceaccount.com.villain.example', false],
    [gcp, '42-compute@developer.gserviceaccount.com', false],
    [{ ...gcp, project_number: '42' }, '42-compute@developer.gserviceaccount.com', true],
    [{ ...gcp, project_number: '42' }, '142-compute@developer.gserviceaccount.com', false],
    [cloud({ provider: 'gcp', project_id: 'corp.example:x-project' }), email, false],
  ])('Google Cloud: case %#', (of, role, isKept) => {
    const who = { account: of.project_id ?? '', role }
    expect(denied(who, of)).toEqual(isKept ? who : {})
    expect(denied({ ...who, account: 'villains' }, of)).toEqual({})
  })

  test('a role without its account, or vice versa, is no account', () => {
    expect(denied({ role: 'nodes' }, aws)).toEqual({})
    expect(denied({ account }, aws)).toEqual({})
  })
})

describe('the secret and registry in a fix', () => {
  test('come from the desired state', () => {
    expect(denied({ reference: 'payroll', provider: 'gcp' }, aws)).toEqual({ reference: 'team/login', provider: 'aws' })
    const public_ = { ...build, registry_login_secret: null as never }
    expect(factsOf('SECRET_NOT_FOUND', { reference: 'payroll' }, aws, public_)).toEqual({})
    expect(factsOf('CREDENTIAL_SERVER_MISMATCH', { registry: 'villain.example' }, aws)).toEqual({
      registry: 'registry.example.com',
    })
  })

  test('facts met along the way stay as the node reported them', () => {
    const facts = { registry: 'blobs.example.com', seconds: 3 }
    expect(factsOf('REGISTRY_TIMEOUT', facts, aws)).toEqual(facts)
  })
})

test('whatever a node reports, the fix names no account but the cloud’s own', () => {
  const villain = 'v@villains.iam.gserviceaccount.com'
  const facts = fc.record(
    {
      reference: fc.constantFrom('payroll', 'arn:aws:secretsmanager:us-east-1:999999999999:secret:x-AbCdEf'),
      provider: fc.constantFrom('aws' as const, 'gcp' as const),
      account: fc.constantFrom('999999999999', 'villains', 'our-project'),
      role: fc.constantFrom(villain, 'villain'),
      region: fc.constant('us-east-1'),
      registry: fc.constant('villain.example'),
    },
    { requiredKeys: [] },
  )
  const code = fc.constantFrom<ProblemCode[]>(
    'SECRET_ACCESS_DENIED',
    'SECRET_DECRYPT_DENIED',
    'SECRET_SERVER_MALFORMED',
    'CREDENTIAL_SERVER_MISMATCH',
  )
  fc.assert(
    fc.property(code, facts, fc.constantFrom(aws, gcp), (told, said, of) => {
      const { fix, what } = Problem.fromReport(completeReport({ code: told, facts: said }, { build, cloud: of }))
      expect(`${what} ${fix}`).not.toMatch(/villain|999999999999|payroll/)
    }),
  )
})
