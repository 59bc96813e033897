import { describe, expect, test } from 'vitest'
import { exactly, judge, notPassed, type TestReport } from './verdict.ts'

type Row = readonly [test: string, status: string, message?: string]

function report(...rows: readonly Row[]): TestReport {
  const assertionResults = rows.map(([name, status, message]) => {
    const titles = name.split(' > ')
    const failureMessages = message === undefined ? [] : [message]
    return { ancestorTitles: titles.slice(0, -1), title: titles.at(-1) ?? '', status, failureMessages }
  })
  return { testResults: [{ assertionResults }] }
}

const unmet = 'AssertionError: expected 1 to be 2'

describe('a bug', () => {
  test('is caught by an expectation of the named test', () => {
    expect(judge(report(['a > b', 'failed', unmet], ['a > c', 'skipped']), 'a > b')).toBe('caught')
    expect(judge(report(['a > b', 'failed', 'Error: x\n    at Assertion.__VITEST_REJECTS__']), 'a > b')).toBe('caught')
    const mismatch = 'Error: Snapshot `a > b 1` mismatched\n    at packages/a.test.ts:1:1'
    expect(judge(report(['a > b', 'failed', mismatch]), 'a > b')).toBe('caught')
  })

  test('survives if the named test passes', () => {
    expect(judge(report(['a > b', 'passed']), 'a > b')).toBe('survived')
  })

  test.each<[string, TestReport | null]>([
    ['vitest left no report', null],
    ['a file does not load', { testResults: [{ assertionResults: [] }] }],
    ['no test has that name', report(['a > b', 'skipped'])],
    ['another test failed', report(['a > c', 'failed', unmet])],
    ['another test failed as well', report(['a > b', 'failed', unmet], ['a > c', 'failed', unmet])],
    ['the program no longer works', report(['a > b', 'failed', 'ReferenceError: x is not defined'])],
  ])('proves nothing if %s', (_, found) => {
    expect(judge(found, 'a > b')).toBe('broken')
  })
})

test('the control says which tests did not run and pass once', () => {
  const found = report(['a > b', 'passed'], ['a > c', 'failed'], ['twice', 'passed'], ['twice', 'passed'])
  expect(notPassed(found, ['a > b', 'a > c', 'twice', 'never'])).toEqual(['a > c', 'twice', 'never'])
  expect(notPassed(null, ['a > b'])).toEqual(['a > b'])
})

test('a pattern matches its names and no others', () => {
  const pattern = new RegExp(exactly(['a > b (S2)', 'a.c?']))
  expect(['a > b (S2)', 'a.c?'].every((name) => pattern.test(name))).toBe(true)
  expect(['a > b (S2)x', 'xa > b (S2)', 'a > b S2', 'axc', 'abc?'].some((name) => pattern.test(name))).toBe(false)
})
