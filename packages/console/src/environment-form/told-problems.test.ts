import { Problem, problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { toldProblems } from './told-problems.ts'

test('shows a problem with fields on those fields', () => {
  const fields = [
    { path: 'docker_image', detail: 'it is empty' },
    { path: 'env_vars.A', detail: 'a value cannot hold a NUL' },
  ]
  const told = toldProblems(new Problem('CONFIG_INVALID', { path: 'docker_image', reason: 'it is empty' }, fields))
  expect([...told.fields]).toEqual([
    ['docker_image', 'It is empty.'],
    ['env_vars', 'env_vars.A: a value cannot hold a NUL.'],
  ])
  expect(told.rest).toBeNull()
})

test('shows a reference that is not granted on the reference, with what to do', () => {
  const told = toldProblems(problem('REFERENCE_NOT_ALLOWED'))
  expect(told.fields.get('registry_login_secret')).toContain('Ask an admin')
  expect(told.rest).toBeNull()
})

test('shows a problem without a field at the bottom of the form', () => {
  expect(toldProblems(problem('CLUSTER_ENV_ARCHIVED', { name: 'a' })).rest?.code).toBe('CLUSTER_ENV_ARCHIVED')
  expect(toldProblems(new TypeError('x')).rest?.code).toBe('INTERNAL')
  const unknown = new Problem('REQUEST_INVALID', {}, [{ path: 'else', detail: 'no' }])
  expect(toldProblems(unknown).rest?.code).toBe('REQUEST_INVALID')
})
