import { problem } from '@fairlead/contract/problems'
import type { Cloud } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import { emptyCloud, formOf, judgeCloud, toldFault, type CloudForm } from './judge-cloud.ts'

const judge = (form: Partial<CloudForm>, taken: readonly { name: string }[] = []) =>
  judgeCloud({ ...emptyCloud, ...form }, taken)

describe('a cloud in the form', () => {
  test('on AWS has only the fields of AWS', () => {
    const typed = { name: 'prod', region: 'eu-west-1', accountId: '111122223333', projectId: 'left-over' }
    expect(judge(typed).body).toEqual({
      name: 'prod',
      provider: 'aws',
      region: 'eu-west-1',
      account_id: '111122223333',
      join: 'proof',
      allow_any_secret: false,
      prefetch: false,
    })
  })

  test('with your own machines needs only a name, and leaves the join method to the control plane', () => {
    expect(judge({ name: 'lab', provider: 'local' }).body).toEqual({
      name: 'lab',
      provider: 'local',
      allow_any_secret: false,
      prefetch: false,
    })
  })

  test('checks a proof against an account or a project, and reports them missing', () => {
    const aws = judge({ name: 'prod' })
    expect(aws.body).toBeNull()
    expect(aws.faults.get('account_id')).toContain('join with a token')
    expect([...aws.missing]).toEqual(['account_id'])
    expect(judge({ name: 'prod', provider: 'gcp' }).missing.has('project_id')).toBe(true)
    expect(judge({ name: 'prod', join: 'token' }).body).not.toBeNull()
  })

  test('says in words what each field expects', () => {
    const { faults, missing } = judge({ name: 'a b', accountId: '12', nodeRole: 'with space', region: 'mars-1' })
    expect(faults.get('name')).toContain('A-Z')
    expect(faults.get('account_id')).toContain('12 digits')
    expect(faults.get('node_role')).toContain('name of a role')
    expect(faults.get('region')).toContain('region of AWS')
    expect(missing.size).toBe(0)
    const gcp = judge({ name: 'a', provider: 'gcp', projectId: 'X', projectNumber: 'x' }).faults
    expect(gcp.get('project_id')).toContain('project of Google Cloud')
    expect(gcp.get('project_number')).toContain('digits')
  })

  test('of a cloud that only pods may join needs no account', () => {
    const kubernetes = { issuer: 'https://oidc.example.com', service_accounts: ['fairlead/agent'], keys: null }
    expect(judge({ name: 'a', provider: 'aws', kubernetes }).body).not.toBeNull()
    expect(judge({ name: 'a', provider: 'aws', kubernetes, join: 'token' }).faults.get('join')).toContain('pods')
    expect(judge({ name: 'a', provider: 'local', kubernetes }).body).toEqual({
      name: 'a',
      provider: 'local',
      allow_any_secret: false,
      prefetch: false,
    })
  })

  test('of a cloud that exists says what is stored, and leaves a default role to the control plane', () => {
    const cloud: Cloud = {
      id: 'cld_00000000000000000000000001' as Cloud['id'],
      name: 'prod',
      provider: 'aws',
      partition: null,
      region: null,
      account_id: '111122223333',
      project_id: null,
      project_number: null,
      node_role: 'cld_00000000000000000000000001-cluster_node_role',
      join: 'proof',
      kubernetes: null,
      allow_any_secret: true,
      prefetch: false,
      created_at: '2026-11-30T00:00:00.000Z',
    }
    expect(judge(formOf(cloud)).body).toEqual({
      name: 'prod',
      provider: 'aws',
      account_id: '111122223333',
      join: 'proof',
      allow_any_secret: true,
      prefetch: false,
    })
    expect(judge(formOf({ ...cloud, node_role: 'ml/nodes' })).body?.node_role).toBe('ml/nodes')
  })

  test('reports a taken name before anything is sent', () => {
    expect(judge({ name: 'lab', provider: 'local' }, [{ name: 'lab' }]).faults.get('name')).toContain('already')
  })

  test('shows an error of the server at the field that it names', () => {
    expect(toldFault(problem('NAME_IN_USE', { name: 'lab' }))?.field).toBe('name')
    const refused = problem('REQUEST_INVALID', {}, [{ path: 'region', detail: 'no such region' }])
    expect(toldFault(refused)).toEqual({ field: 'region', text: 'No such region.' })
    expect(toldFault(problem('ROLE_TOO_LOW', { role: 'viewer', needed: 'admin' }))).toBeNull()
  })
})
