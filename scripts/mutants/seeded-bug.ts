/** A bug to put into a copy of the sources, to see whether the test that guards the place fails. */

export interface SeededBug {
  readonly name: string
  /** The rule in docs/rules.md that it breaks, or the decision, such as `ADR 29`. */
  readonly rule: string
  /** Relative to the repository root. */
  readonly file: string
  /** Occurs in the file exactly once. */
  readonly replace: string
  readonly by: string
  readonly testFile: string
  /** Its suites and its own name, joined with ` > ` as in vitest. */
  readonly test: string
}

/** The source containing the bug. */
export function seed(source: string, { name, file, replace, by }: SeededBug): string {
  const [before = '', after, ...more] = source.split(replace)
  if (after === undefined || more.length > 0) {
    const found = after === undefined ? 0 : more.length + 1
    throw new Error(`${name}: the text to replace is found ${found} times in ${file}, not once`)
  }
  if (replace === by) throw new Error(`${name}: changes nothing`)
  return before + by + after
}

/** Whether it breaks one of these rules, or has one of these words in its name. */
export function isMeant({ name, rule }: SeededBug, words: readonly string[]): boolean {
  return words.some((word) => word === rule || name.includes(word))
}
