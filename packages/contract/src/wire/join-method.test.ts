import { describe, expect, test } from 'vitest'
import type { CreateCloud, JoinMethod } from './cloud.ts'
import { joinMethodOf } from './join-method.ts'
import type { Problem } from '../problems/problem.ts'

const fieldAtFault = (run: () => unknown): string | undefined => {
  try {
    run()
  } catch (error) {
    return (error as Problem).fields[0]?.path
  }
  return undefined
}

const kubernetes = { issuer: 'https://oidc.example.com', service_accounts: ['fairlead/agent'], keys: null }

describe('how machines join a cloud', () => {
  test.each([
    [{ name: 'a', provider: 'local' }, 'token'],
    [{ name: 'a', provider: 'aws', account_id: '111122223333' }, 'proof'],
    [{ name: 'a', provider: 'gcp', project_id: 'my-project' }, 'proof'],
    [{ name: 'a', provider: 'aws', join: 'token' }, 'token'],
    [{ name: 'a', provider: 'local', kubernetes }, 'proof'],
    [{ name: 'a', provider: 'aws', kubernetes }, 'proof'],
  ] as const satisfies [CreateCloud, JoinMethod][])('%o: by %s', (cloud, method) => {
    expect(joinMethodOf(cloud)).toBe(method)
  })

  test('requires the facts that a proof is checked against, and nothing vouches for a local machine', () => {
    expect(fieldAtFault(() => joinMethodOf({ name: 'a', provider: 'aws' }))).toBe('account_id')
    expect(fieldAtFault(() => joinMethodOf({ name: 'a', provider: 'gcp', join: 'proof' }))).toBe('project_id')
    expect(fieldAtFault(() => joinMethodOf({ name: 'a', provider: 'local', join: 'proof' }))).toBe('join')
    expect(fieldAtFault(() => joinMethodOf({ name: 'a', provider: 'local', join: 'token', kubernetes }))).toBe('join')
  })
})
