/** Sums what pytest wrote in JUnit's form, so that nothing that went wrong is missing from the count. */
import { existsSync, readFileSync } from 'node:fs'

/**
 * What one run of pytest came to. A run that left no report, or that failed without a failed test, counts as one failure more.
 * @param {string} file
 * @param {number} status the exit code of pytest
 * @returns {import('./vitest-report.mjs').Counts}
 */
export function countsOfJunit(file, status) {
  const suites = existsSync(file) ? [...readFileSync(file, 'utf8').matchAll(/<testsuite\s[^>]*>/g)] : []
  const total = (/** @type {string} */ name) =>
    suites.reduce((sum, [suite]) => sum + Number(new RegExp(`\\s${name}="(\\d+)"`).exec(suite)?.[1] ?? 0), 0)
  const skipped = total('skipped')
  const failed = total('failures') + total('errors')
  const passed = Math.max(0, total('tests') - failed - skipped)
  const unexplained = failed === 0 && (status !== 0 || passed === 0) ? 1 : 0
  return { passed, failed: failed + unexplained, skipped }
}
