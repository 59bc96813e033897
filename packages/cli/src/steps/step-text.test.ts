/** One step on a terminal of any width. */
import type { StepReport } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { liveStep } from './step-text.ts'

const plain = (text: string) => text
const paint = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain }
const step = (status: StepReport['status']): StepReport => ({
  step: 'match',
  status,
  started_at: '2026-11-24T12:00:00.000Z',
  duration_ms: 12,
})

test.each(['running', 'done', 'failed'] as const)(
  '%s: shortens the words when space is short, and keeps the time',
  (status) => {
    const line = liveStep(step(status), 0, 0, paint, 58)
    expect(line.length).toBeLessThanOrEqual(58)
    expect(line).toMatch(/…\s+12 ms$/)
  },
)

test('cuts nothing when there is room', () => {
  const line = liveStep(step('failed'), 0, 0, paint, 100)
  expect(line).toContain("comparing the secret's server with the registry")
  expect(line).not.toContain('…')
})
