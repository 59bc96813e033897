import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { countsOfJunit } from './junit-report.mjs'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junit-report-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function report(numbers: string): Promise<string> {
  const file = join(folder, 'report.xml')
  const test = '<testcase name="errors=&quot;9&quot;" />'
  await writeFile(
    file,
    `<?xml version="1.0"?><testsuites><testsuite name="pytest" ${numbers}>${test}</testsuite></testsuites>`,
  )
  return file
}

test('a green run counts its tests', async () => {
  const file = await report('errors="0" failures="0" skipped="2" tests="12" time="1.5"')
  expect(countsOfJunit(file, 0)).toEqual({ passed: 10, failed: 0, skipped: 2 })
})

test('failures and errors are both failed tests', async () => {
  const file = await report('errors="1" failures="2" skipped="0" tests="12"')
  expect(countsOfJunit(file, 1)).toEqual({ passed: 9, failed: 3, skipped: 0 })
})

test('a run that failed without a failed test, ran none, or left no report is a failure', async () => {
  expect(countsOfJunit(await report('errors="0" failures="0" skipped="0" tests="3"'), 1)).toMatchObject({ failed: 1 })
  expect(countsOfJunit(await report('errors="0" failures="0" skipped="0" tests="0"'), 0)).toMatchObject({ failed: 1 })
  expect(countsOfJunit(join(folder, 'none.xml'), 0)).toMatchObject({ failed: 1 })
})
