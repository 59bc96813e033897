/** Reads the report of vitest's JSON reporter on a few named tests, and judges whether a seeded bug was caught. */

export interface TestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

export type Verdict = 'caught' | 'survived' | 'broken'

/** What vitest's own expectations throw; a broken program throws other things. */
const unmetExpectation = /AssertionError|^Error: Snapshot `.*` mismatched$|__VITEST_(?:REJECTS|EXTEND_ASSERTION)__/m

/** `broken`: the bug kept the tests from running, or another test ran, so the result is unknown. */
export function judge(report: TestReport | null, test: string): Verdict {
  const ran = outcomes(report)
  const [only] = ran
  if (ran.length !== 1 || only?.test !== test) return 'broken'
  if (only.passed) return 'survived'
  return only.messages.some((message) => unmetExpectation.test(message)) ? 'caught' : 'broken'
}

/** Those of these tests that did not run and pass exactly once. */
export function notPassed(report: TestReport | null, tests: readonly string[]): readonly string[] {
  const ran = outcomes(report)
  return tests.filter((test) => {
    const found = ran.filter((outcome) => outcome.test === test)
    return found.length !== 1 || found[0]?.passed !== true
  })
}

function outcomes(report: TestReport | null) {
  return (report?.testResults ?? [])
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed' || status === 'failed')
    .map(({ ancestorTitles, title, status, failureMessages = [] }) => ({
      test: [...ancestorTitles, title].join(' > '),
      passed: status === 'passed',
      messages: failureMessages,
    }))
}

/** For vitest's `--testNamePattern`: only these names. */
export function exactly(tests: readonly string[]): string {
  return `^(${tests.map((test) => test.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|')})$`
}
