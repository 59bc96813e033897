import { describe, expect, test } from 'vitest'
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

describe('how machines join a cloud', () => {
  test.each([
    [{ name: 'a', provider: 'local' }, 'token'],
    [{ name: 'a', provider: 'aws', account_id: '111122223333' }, 'proof'],
    [{ name: 'a', provider: 'gcp', project_id: 'my-project' }, 'proof'],
    [{ name: 'a', provider: 'aws', join: 'token' }, 'token'],
  ] as const)('%o: by %s', (cloud, method) => {
    expect(joinMethodOf(cloud)).toBe(method)
  })

  test('requires the facts that a proof is checked against, and nothing vouches for a local machine', () => {
    expect(fieldAtFault(() => joinMethodOf({ name: 'a', provider: 'aws' }))).toBe('account_id')
    expect(fieldAtFault(() => joinMethodOf({ name: 'a', provider: 'gcp', join: 'proof' }))).toBe('project_id')
    expect(fieldAtFault(() => joinMethodOf({ name: 'a', provider: 'local', join: 'proof' }))).toBe('join')
  })
})
