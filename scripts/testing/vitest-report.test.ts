import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { outcomesOf, sum } from './vitest-report.mjs'

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

async function come(status: number, ...testResults: object[]) {
  return outcomesOf(await report({ testResults }), status, '/project')
}

const passed = { status: 'passed', fullName: 'it stands' }
const failed = { status: 'failed', fullName: 'it falls', failureMessages: ['expected 1 to be 2'] }
const green = {
  name: '/project/e2e/src/a.test.ts',
  status: 'passed',
  assertionResults: [passed, { status: 'pending' }],
}

test('counts the tests of a green run, including skipped ones, and names its files from the root', async () => {
  expect(await come(0, green)).toEqual([{ file: 'e2e/src/a.test.ts', passed: 1, failed: 0, skipped: 1, failures: [] }])
})

test('counts a failed test once, with its name and its message', async () => {
  expect(await come(1, { ...green, status: 'failed', assertionResults: [passed, failed] })).toMatchObject([
    { passed: 1, failed: 1, failures: [{ test: 'it falls', message: 'expected 1 to be 2' }] },
  ])
})

test('counts a file that does not load as a failure, though none of its tests failed', async () => {
  const broken = { name: '/project/b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] }
  const outcomes = await come(1, green, broken)
  expect(sum(outcomes)).toEqual({ passed: 1, failed: 1, skipped: 1 })
  expect(outcomes[1]?.failures).toEqual([{ test: 'the file itself', message: 'no such module' }])
})

test('counts an error outside any test as a failure of no file', async () => {
  const outcomes = await come(1, green)
  expect(sum(outcomes)).toMatchObject({ passed: 1, failed: 1 })
  expect(outcomes[1]?.file).toBe('')
})

test('counts a runner that left no report, half a report or no test as a failure', async () => {
  for (const outcomes of [
    outcomesOf(join(folder, 'none.json'), 0, '/project'),
    outcomesOf(await report('{"testResults": [], "te'), 0, '/project'),
    await come(0),
  ])
    expect(sum(outcomes)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

test('sums layers', () => {
  const counts = [
    { passed: 1, failed: 2, skipped: 3 },
    { passed: 10, failed: 20, skipped: 30 },
  ]
  expect(sum(counts)).toEqual({ passed: 11, failed: 22, skipped: 33 })
})
