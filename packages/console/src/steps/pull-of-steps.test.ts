import { expect, test } from 'vitest'
import { samples } from '../credential-path/sample-records.ts'
import { recordOf } from './pull-of-steps.ts'

const [first] = samples.authenticated.steps
const record = { ...samples.authenticated, steps: first === undefined ? [] : [first] }
const began = (at: string) => ({ ...record, steps: record.steps.map((step) => ({ ...step, started_at: at })) })
const [earlier, later] = [began('2026-11-29T12:00:00.000Z'), began('2026-11-29T12:00:01.000Z')]

test('matches the record of a pull by the start time of its first step', () => {
  expect(recordOf(earlier.steps, [later, earlier])).toBe(earlier)
  expect(recordOf(later.steps, [later, earlier])).toBe(later)
})

test('finds none before the node reported it, nor for a pull without steps', () => {
  expect(recordOf(later.steps, [earlier])).toBeNull()
  expect(recordOf([], [{ ...later, steps: [] }])).toBeNull()
})
