/** Reads the report of vitest's JSON reporter, file by file, so that the count includes everything that went wrong. */
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ test: string, message: string }} Failure */
/** @typedef {Counts & { file: string, failures: Failure[] }} FileOutcome what one file of tests came to; '' is no file: what went wrong outside them */

/**
 * @typedef {object} VitestReport
 * @property {VitestFile[]} testResults
 *
 * @typedef {object} VitestFile
 * @property {string} name
 * @property {string} status
 * @property {string} [message]
 * @property {{ status: string, fullName?: string, failureMessages?: string[] | null }[]} assertionResults
 */

/**
 * The outcome of one vitest run. A run that left no report, or that failed without a failed test (a file that does
 * not load, an error outside any test, no test at all), counts as one more failure.
 * @param {string} report
 * @param {number} status the exit code of vitest
 * @param {string} root the folder that file names are relative to
 * @returns {FileOutcome[]}
 */
export function outcomesOf(report, status, root) {
  const files = readReport(report)?.testResults
  if (files === undefined) return [outsideAnyFile('it left no report')]
  if (files.length === 0) return [outsideAnyFile('no file of this layer was meant')]
  const outcomes = files.map((file) => outcomeOf(file, root))
  const { passed, failed } = sum(outcomes)
  if (failed > 0 || (status === 0 && passed > 0)) return outcomes
  return [...outcomes, outsideAnyFile(status === 0 ? 'no test ran' : 'an error outside any test')]
}

/**
 * @param {VitestFile} file
 * @param {string} root
 * @returns {FileOutcome}
 */
function outcomeOf(file, root) {
  const count = (/** @type {string} */ status) =>
    file.assertionResults.filter((result) => result.status === status).length
  const failures = file.assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName = '', failureMessages }) => ({ test: fullName, message: failureMessages?.[0] ?? '' }))
  if (file.status === 'failed' && failures.length === 0)
    failures.push({ test: 'the file itself', message: file.message ?? '' })
  const passed = count('passed')
  const skipped = file.assertionResults.length - passed - count('failed')
  return { file: relative(root, file.name), passed, failed: failures.length, skipped, failures }
}

/**
 * @param {string} message
 * @returns {FileOutcome}
 */
function outsideAnyFile(message) {
  return { file: '', passed: 0, failed: 1, skipped: 0, failures: [{ test: 'the run', message }] }
}

/**
 * @param {string} file
 * @returns {VitestReport | undefined}
 */
function readReport(file) {
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined // the runner died while writing
    throw error
  }
}

/**
 * @param {Counts[]} all
 * @returns {Counts}
 */
export function sum(all) {
  return all.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )
}
