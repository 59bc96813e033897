import { Problem, type ProblemCode } from '@fairlead/contract/problems'
import { type Build, type StepReport } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { faultyField } from './faulty-field.ts'

function failed(step: StepReport['step'] | null, code: ProblemCode = 'INTERNAL'): Pick<Build, 'problem' | 'steps'> {
  const at = { started_at: '2026-11-29T12:00:00.000Z', duration_ms: 1 }
  const steps: StepReport[] = [{ step: 'secret', status: 'done', ...at }]
  return {
    problem: new Problem(code, {}, []).toDocument(),
    steps: step === null ? steps : [...steps, { step, status: 'failed', ...at }],
  }
}

test.each(['secret', 'match', 'login'] as const)('points a failure at %s to the secret', (step) => {
  expect(faultyField(failed(step))).toBe('registry_login_secret')
})

test.each(['challenge', 'resolve', 'pull', null] as const)('points a failure at %s to the image', (step) => {
  expect(faultyField(failed(step))).toBe('docker_image')
})

test.each(['REGISTRY_AUTH_MISSING', 'REGISTRY_ACCESS_DENIED'] as const)(
  '%s is about the login, wherever it occurs',
  (code) => {
    expect(faultyField(failed('resolve', code))).toBe('registry_login_secret')
  },
)

test('points an unexpected version of Ray to its field', () => {
  expect(faultyField(failed('ray'))).toBe('ray_version')
})
