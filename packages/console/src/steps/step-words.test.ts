import { expect, test } from 'vitest'
import { stepOrder, stepText, stepWords } from './step-words.ts'

test('a failed step does not say what is true only when it is done', () => {
  for (const step of stepOrder) {
    const failed = stepText({ step, status: 'failed' })
    expect(failed).not.toBe(stepText({ step, status: 'done' }))
    expect(failed).not.toBe(stepText({ step, status: 'running' }))
  }
  expect(stepText({ step: 'match', status: 'failed' })).toBe(stepWords.match.failed)
  expect(stepText({ step: 'match', status: 'running' })).toMatch(/^checks that/)
})

test('a skipped step says nothing about what it would have done', () => {
  expect(stepText({ step: 'login', status: 'skipped' })).toBe('not needed')
})
