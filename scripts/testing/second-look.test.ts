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

test('runs failed files again, but not passed ones', () => {
  expect(toSeeAgain([passed('a'), failed('b', 'one'), passed('c')])).toEqual(['b'])
})

test('four failed files are no coincidence', () => {
  expect(toSeeAgain(['a', 'b', 'c'].map((file) => failed(file, 'one')))).toHaveLength(3)
  expect(toSeeAgain(['a', 'b', 'c', 'd'].map((file) => failed(file, 'one')))).toEqual([])
})

test('runs nothing again for an error outside any file', () => {
  expect(toSeeAgain([failed('b', 'one'), failed('', 'the run')])).toEqual([])
})

test('reports what passes at the second look as unsteady, not as a failure', () => {
  const { outcomes, unsteady } = settle([passed('a'), failed('b', 'one')], [passed('b')])
  expect(outcomes).toEqual([passed('a'), passed('b')])
  expect(unsteady).toEqual([failed('b', 'one')])
})

test('counts what fails at both looks as failed', () => {
  const { outcomes, unsteady } = settle([failed('b', 'one')], [failed('b', 'one')])
  expect(outcomes).toEqual([failed('b', 'one')])
  expect(unsteady).toEqual([])
})

test('counts what fails only at the second look as failed, and the other as unsteady', () => {
  const { outcomes, unsteady } = settle([failed('b', 'one')], [failed('b', 'two')])
  expect(outcomes).toEqual([failed('b', 'two')])
  expect(unsteady.map(({ failures }) => failures.map(({ test: name }) => name))).toEqual([['one']])
})

test('a second look without a report has failed, and does not excuse the first', () => {
  const { outcomes, unsteady } = settle([failed('b', 'one')], [failed('', 'the run')])
  expect(outcomes).toEqual([failed('b', 'one'), failed('', 'the run')])
  expect(unsteady).toEqual([])
})
