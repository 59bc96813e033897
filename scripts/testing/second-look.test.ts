import { expect, test } from 'vitest'
import { settle, toSeeAgain } from './second-look.mjs'

const passed = (file: string) => ({ file, passed: 2, failed: 0, skipped: 0, failures: [] })
const failed = (file: string, ...tests: string[]) => ({
  file,
  passed: 1,
  failed: tests.length,
  skipped: 0,
  failures: tests.map((name) => ({ test: name, message: 'no' })),
})

test('who passed is not run again, who failed is', () => {
  expect(toSeeAgain([passed('a'), failed('b', 'one'), passed('c')])).toEqual(['b'])
})

test('four files that failed are no accident', () => {
  expect(toSeeAgain(['a', 'b', 'c'].map((file) => failed(file, 'one')))).toHaveLength(3)
  expect(toSeeAgain(['a', 'b', 'c', 'd'].map((file) => failed(file, 'one')))).toEqual([])
})

test('what went wrong outside any file is not looked at again', () => {
  expect(toSeeAgain([failed('b', 'one'), failed('', 'the run')])).toEqual([])
})

test('what passes at the second look is told as unsteady, and no failure', () => {
  const { outcomes, unsteady } = settle([passed('a'), failed('b', 'one')], [passed('b')])
  expect(outcomes).toEqual([passed('a'), passed('b')])
  expect(unsteady).toEqual([failed('b', 'one')])
})

test('what fails at both looks has failed', () => {
  const { outcomes, unsteady } = settle([failed('b', 'one')], [failed('b', 'one')])
  expect(outcomes).toEqual([failed('b', 'one')])
  expect(unsteady).toEqual([])
})

test('what fails at the second look only has failed, and the other is unsteady', () => {
  const { outcomes, unsteady } = settle([failed('b', 'one')], [failed('b', 'two')])
  expect(outcomes).toEqual([failed('b', 'two')])
  expect(unsteady.map(({ failures }) => failures.map(({ test: name }) => name))).toEqual([['one']])
})

test('a second look that left no report has failed, and does not excuse the first', () => {
  const { outcomes, unsteady } = settle([failed('b', 'one')], [failed('', 'the run')])
  expect(outcomes).toEqual([failed('b', 'one'), failed('', 'the run')])
  expect(unsteady).toEqual([])
})
