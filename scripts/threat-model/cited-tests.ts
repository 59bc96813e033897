/** Reads which tests a document cites as proof, and which tests a file has. */

export interface CitedTest {
  /** From the root of the repository. */
  readonly file: string
  /** As it stands in the source: for a table of cases, the pattern of their names. */
  readonly test: string
}

/** A citation is written `path` › `name of the test`. */
export function citedTests(document: string): readonly CitedTest[] {
  return [...document.matchAll(/`([^`\n]+)` › `([^`\n]+)`/g)].map(([, file = '', test = '']) => ({ file, test }))
}

/** The names of tests and suites, as they are written: first arguments of test, it and describe, and of their tables. */
export function testNames(source: string): ReadonlySet<string> {
  const call = /(?:\b(?:test|it|describe)(?:\.\w+)*|\))\(\s*(['"])((?:\\.|(?!\1)[^\\\n])*)\1\s*,/g
  return new Set([...source.matchAll(call)].map(([, , text = '']) => text.replace(/\\(.)/g, '$1')))
}

/** Lines of the lists and tables that must say what proves them: those under headings of level 2 that start so. */
export function claims(document: string, headings: readonly string[]): readonly string[] {
  const sections = document.split(/^## /m).slice(1)
  return sections
    .filter((section) => headings.some((heading) => section.startsWith(`${heading}\n`)))
    .flatMap((section) => section.split('\n').filter((line) => line.startsWith('- ')))
}
