/** What docs/rules.md still lacks. Both lists may only shrink: scripts/rules/rules.test.ts knows how long they are. */

/** Not implemented yet, so no test or comment may name them. */
export const plannedRules: readonly string[] = ['S29']

/** scripts/mutants/seeded-bugs has no bug against these. A new S rule comes with one. */
export const rulesWithoutBug: readonly string[] = ['S1']
