/** What docs/rules.md still owes. Both lists may only shrink: scripts/rules/rules.test.ts knows how long they are. */

/** Not implemented yet, so neither a test nor a comment may name them. */
export const plannedRules: readonly string[] = ['S27', 'S29']

/** Against these no bug is seeded in scripts/mutants/seeded-bugs. A new S rule comes with one. */
export const rulesWithoutBug: readonly string[] = ['S1']
