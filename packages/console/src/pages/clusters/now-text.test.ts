import type { StepReport } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { nowText } from './now-text.ts'

const step = (name: StepReport['step'], status: StepReport['status'], more: Partial<StepReport> = {}): StepReport => ({
  step: name,
  status,
  started_at: '2026-01-01T00:00:00.000Z',
  duration_ms: status === 'running' ? null : 1000,
  ...more,
})

test.each([
  ['nothing before the first step', [], ''],
  ['the step that runs', [step('secret', 'done'), step('match', 'running')], 'Match'],
  ['how much is pulled', [step('pull', 'running', { bytes: 25, total_bytes: 99 })], 'Pull 25 %'],
  ['the step that failed', [step('secret', 'done'), step('match', 'failed')], 'at Match'],
  [
    'how long it took',
    [step('secret', 'done'), step('ray', 'done', { started_at: '2026-01-01T00:00:04Z' })],
    'up in 5.0 s',
  ],
])('says %s', (_, steps, text) => {
  expect(nowText({ role: 'head', phase: 'pulling', steps })).toBe(text)
})

test('a stopped node was interrupted where it was', () => {
  expect(nowText({ role: 'head', phase: 'stopped', steps: [step('pull', 'running')] })).toBe('cut short at Pull')
})

test('a worker that has the image waits for its head, and is not up', () => {
  const pulled = [step('secret', 'done'), step('pull', 'done')]
  expect(nowText({ role: 'worker', phase: 'pulling', steps: pulled })).toBe('waits for the head')
  expect(nowText({ role: 'head', phase: 'pulling', steps: pulled })).toBe('')
  expect(nowText({ role: 'worker', phase: 'stopped', steps: pulled })).toBe('ended after Pull')
})

test('says after the end how long it took to come up, or how far it got', () => {
  expect(nowText({ role: 'head', phase: 'stopped', steps: [step('secret', 'done'), step('ray', 'done')] })).toBe(
    'was up in 1.0 s',
  )
  expect(nowText({ role: 'head', phase: 'stopped', steps: [step('secret', 'done'), step('resolve', 'done')] })).toBe(
    'ended after Resolve',
  )
})
