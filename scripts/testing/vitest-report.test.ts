import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { countsOf, sum } from './vitest-report.mjs'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitest-report-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function report(content: object | string): Promise<string> {
  const file = join(folder, 'report.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const green = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
}

test('a green run counts its tests', async () => {
  expect(countsOf(await report(green), 0)).toEqual({ passed: 3, failed: 0, skipped: 1 })
})

test('a failed test is counted once', async () => {
  const testResults = [{ status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] }]
  expect(countsOf(await report({ ...green, numFailedTests: 1, testResults }), 1)).toMatchObject({ failed: 1 })
})

test('a file that does not load is a failure, though no test of it failed', async () => {
  const testResults = [...green.testResults, { status: 'failed', assertionResults: [] }]
  expect(countsOf(await report({ ...green, testResults }), 1)).toMatchObject({ passed: 3, failed: 1 })
})

test('an error outside any test is a failure', async () => {
  expect(countsOf(await report(green), 1)).toMatchObject({ passed: 3, failed: 1 })
})

test('a runner that left no report, half a report or no test is a failure', async () => {
  expect(countsOf(join(folder, 'none.json'), 0)).toMatchObject({ failed: 1 })
  expect(countsOf(await report('{"numPassedTests": 3, "te'), 0)).toMatchObject({ failed: 1 })
  expect(countsOf(await report({ ...green, numPassedTests: 0, testResults: [] }), 0)).toMatchObject({ failed: 1 })
})

test('layers are summed', () => {
  const counts = [
    { passed: 1, failed: 2, skipped: 3 },
    { passed: 10, failed: 20, skipped: 30 },
  ]
  expect(sum(counts)).toEqual({ passed: 11, failed: 22, skipped: 33 })
})
