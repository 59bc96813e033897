import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { outcomeOfJunit } from './junit-report.mjs'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junit-report-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function come(status: number, numbers: string, cases = '<testcase name="errors=&quot;9&quot;" />') {
  const report = join(folder, 'report.xml')
  await writeFile(
    report,
    `<?xml version="1.0"?><testsuites><testsuite name="pytest" ${numbers}>${cases}</testsuite></testsuites>`,
  )
  return outcomeOfJunit(report, status, 'on Python 3.13')
}

test('counts the tests of a green run', async () => {
  const outcome = await come(0, 'errors="0" failures="0" skipped="2" tests="12" time="1.5"')
  expect(outcome).toEqual({ file: 'on Python 3.13', passed: 10, failed: 0, skipped: 2, failures: [] })
})

test('counts failures and errors both as failed tests', async () => {
  const outcome = await come(1, 'errors="1" failures="2" skipped="0" tests="12"')
  expect(outcome).toMatchObject({ passed: 9, failed: 3, skipped: 0 })
})

test('names a failed test, with its message', async () => {
  const fell =
    '<testcase classname="tests.test_a" name="test_b[&quot;x&quot;]" time="0.1"><failure message="assert 1 &lt; 0&#10;no">…</failure></testcase>'
  const outcome = await come(1, 'errors="0" failures="1" skipped="0" tests="2"', `<testcase name="fine" />${fell}`)
  expect(outcome.failures).toEqual([{ test: 'tests.test_a test_b["x"]', message: 'assert 1 < 0\nno' }])
})

test('counts as a failure a run that failed without a failed test, ran none, or left no report', async () => {
  expect(await come(1, 'errors="0" failures="0" skipped="0" tests="3"')).toMatchObject({ failed: 1 })
  expect(await come(0, 'errors="0" failures="0" skipped="0" tests="0"')).toMatchObject({ failed: 1 })
  expect(outcomeOfJunit(join(folder, 'none.xml'), 0, 'x')).toMatchObject({
    failed: 1,
    failures: [{ test: 'the run', message: 'it left no report' }],
  })
})
