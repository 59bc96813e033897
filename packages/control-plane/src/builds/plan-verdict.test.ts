import type { ProblemCode } from '@fairlead/contract/problems'
import type { StepName } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { judgeBuild } from './plan-verdict.ts'

const failedAt = (step: StepName, code: ProblemCode = 'REGISTRY_LOGIN_REJECTED') => ({
  digest: null,
  problem: { code, facts: {} },
  steps: [{ step, status: 'failed' as const, started_at: '2026-11-24T12:00:00.000Z', duration_ms: 1 }],
})

test('a digest proves every step that a check takes', () => {
  expect(judgeBuild({ ...failedAt('pull'), digest: `sha256:${'0'.repeat(64)}` })).toBe('succeeded')
})

test.each(['secret', 'match', 'challenge', 'login', 'resolve'] as const)('a failure at %s fails the build', (step) => {
  expect(judgeBuild(failedAt(step))).toBe('failed')
})

test.each(['pull', 'start', 'ray'] as const)('a failure at %s says nothing about the build', (step) => {
  expect(judgeBuild(failedAt(step))).toBeNull()
})

test.each(['IMAGE_PLATFORM_MISMATCH', 'IMAGE_UNSUPPORTED'] as const)(
  'what the config of the image shows (%s) fails the build at any step',
  (code) => {
    expect(judgeBuild(failedAt('pull', code))).toBe('failed')
  },
)

test('gives no verdict while nothing is known', () => {
  expect(judgeBuild({ digest: null, problem: null, steps: [] })).toBeNull()
})
