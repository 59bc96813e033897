import { expect, test } from 'vitest'
import { stepOrder, stepText, stepWords } from './step-words.ts'

test('a step that failed does not say what is true only where it is done', () => {
  for (const step of stepOrder) {
    const failed = stepText({ step, status: 'failed' })
    expect(failed).not.toBe(stepText({ step, status: 'done' }))
    expect(failed).not.toBe(stepText({ step, status: 'running' }))
  }
  expect(stepText({ step: 'match', status: 'failed' })).toBe(stepWords.match.failed)
  expect(stepText({ step: 'match', status: 'running' })).toMatch(/^checks that/)
})

test('a step that was skipped says nothing of what it would have done', () => {
  expect(stepText({ step: 'login', status: 'skipped' })).toBe('not needed')
})
