import type { StepName } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { judgeBuild } from './plan-verdict.ts'

const failedAt = (step: StepName) => ({
  digest: null,
  problem: { code: 'REGISTRY_LOGIN_REJECTED' as const, facts: {} },
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

test('gives no verdict while nothing is known', () => {
  expect(judgeBuild({ digest: null, problem: null, steps: [] })).toBeNull()
})
