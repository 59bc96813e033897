/** Runs a few unit tests by their full names, in a copy of the workspace. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../setup/machine.mjs'
import { exactly, type TestReport } from './verdict.ts'

/** A machine that is busy with other work needs minutes for what takes seconds; a hanging test is ended by its own timeout. */
const patienceMs = 300_000

/** Null if vitest left no report. */
export async function runNamedTests(
  folder: string,
  files: readonly string[],
  tests: readonly string[],
  signal: AbortSignal,
): Promise<TestReport | null> {
  const reportFile = join(folder, 'report.json')
  await rm(reportFile, { force: true })
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const only = ['--testNamePattern', exactly(tests), '--reporter=json', `--outputFile.json=${reportFile}`]
  const { promise, resolve } = Promise.withResolvers<void>()
  const child = spawn(process.execPath, [vitest, 'run', '--project', 'unit', ...only, ...files], {
    cwd: folder,
    stdio: 'ignore',
    signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
  })
  child.on('error', () => resolve())
  child.on('close', () => resolve())
  await promise
  signal.throwIfAborted()
  return existsSync(reportFile) ? (JSON.parse(await readFile(reportFile, 'utf8')) as TestReport) : null
}
