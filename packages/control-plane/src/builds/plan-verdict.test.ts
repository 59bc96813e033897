import type { StepName } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { judgeBuild } from './plan-verdict.ts'

const failedAt = (step: StepName) => ({
  digest: null,
  problem: { code: 'REGISTRY_LOGIN_REJECTED' as const, facts: {} },
  steps: [{ step, status: 'failed' as const, started_at: '2026-11-24T12:00:00.000Z', duration_ms: 1 }],
})

test('a digest proves the whole way that a check takes', () => {
  expect(judgeBuild({ ...failedAt('pull'), digest: `sha256:${'0'.repeat(64)}` })).toBe('succeeded')
})

test.each(['secret', 'match', 'challenge', 'login', 'resolve'] as const)('what fails at %s fails the build', (step) => {
  expect(judgeBuild(failedAt(step))).toBe('failed')
})

test.each(['pull', 'start', 'ray'] as const)('what fails at %s says nothing of the build', (step) => {
  expect(judgeBuild(failedAt(step))).toBeNull()
})

test('nothing is said while nothing is known', () => {
  expect(judgeBuild({ digest: null, problem: null, steps: [] })).toBeNull()
})
