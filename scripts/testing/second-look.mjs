/**
 * A test file that failed with real engines, browsers and clocks runs once more, on its own. A second failure counts as a failure;
 * otherwise the file is reported by name as unsteady, so that it is fixed and not forgotten (docs/adr/0033-a-second-look.md).
 */

/** @typedef {import('./vitest-report.mjs').FileOutcome} FileOutcome */

/** More than these are no coincidence. */
const atMost = 3

/**
 * The files to run once more; none if too much failed, or if a failure is outside any file.
 * @param {FileOutcome[]} outcomes
 */
export function toSeeAgain(outcomes) {
  const files = outcomes.filter(({ failed }) => failed > 0).map(({ file }) => file)
  return files.length > atMost || files.includes('') ? [] : files
}

/**
 * The outcomes after both looks, and what failed only in the first.
 * @param {FileOutcome[]} first
 * @param {FileOutcome[]} second of the files that ran once more
 */
export function settle(first, second) {
  const again = new Set(second.map(({ file }) => file))
  const stillFailed = new Set(second.flatMap(namesOfFailures))
  const seenTwice = first.filter(({ file }) => again.has(file))
  return {
    outcomes: [...first.filter(({ file }) => !again.has(file)), ...second],
    unsteady: seenTwice
      .map((outcome) => ({
        ...outcome,
        failures: outcome.failures.filter(({ test }) => !stillFailed.has(nameOf(outcome.file, test))),
      }))
      .filter(({ failures }) => failures.length > 0),
  }
}

/** @param {FileOutcome} outcome */
function namesOfFailures({ file, failures }) {
  return failures.map(({ test }) => nameOf(file, test))
}

/**
 * @param {string} file
 * @param {string} test
 */
function nameOf(file, test) {
  return `${file} > ${test}`
}
