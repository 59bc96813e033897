/** Reads pytest's JUnit report, so that the count includes everything that went wrong. */
import { existsSync, readFileSync } from 'node:fs'

/**
 * The outcome of one pytest run. A run that left no report, or that failed without a failed test, counts as one more failure.
 * @param {string} report
 * @param {number} status the exit code of pytest
 * @param {string} file the name of the run
 * @returns {import('./vitest-report.mjs').FileOutcome}
 */
export function outcomeOfJunit(report, status, file) {
  const text = existsSync(report) ? readFileSync(report, 'utf8') : ''
  const suites = [...text.matchAll(/<testsuite\s[^>]*>/g)]
  const total = (/** @type {string} */ name) =>
    suites.reduce((sum, [suite]) => sum + Number(new RegExp(`\\s${name}="(\\d+)"`).exec(suite)?.[1] ?? 0), 0)
  const skipped = total('skipped')
  const failed = total('failures') + total('errors')
  const passed = Math.max(0, total('tests') - failed - skipped)
  const unexplained = failed === 0 && (status !== 0 || passed === 0) ? 1 : 0
  const failures = [...text.matchAll(/<testcase\s([^>]*)>\s*<(?:failure|error)\s([^>]*)>/g)].map(
    ([, test = '', problem = '']) => ({
      test: `${attribute(test, 'classname')} ${attribute(test, 'name')}`,
      message: attribute(problem, 'message'),
    }),
  )
  if (unexplained > 0) failures.push({ test: 'the run', message: text === '' ? 'it left no report' : '' })
  return { file, passed, failed: failed + unexplained, skipped, failures }
}

/**
 * @param {string} tag
 * @param {string} name
 */
function attribute(tag, name) {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
  return value.replace(/&(?:quot|lt|gt|amp|#10);/g, (entity) => characters[entity] ?? entity)
}

/** @type {Record<string, string>} */
const characters = { '&quot;': '"', '&lt;': '<', '&gt;': '>', '&amp;': '&', '&#10;': '\n' }
