/**
 * The claims of docs/threat-model.md for which no bug is seeded, by their names: what proves them needs real services, and no unit test is
 * cited for them. The list may only shrink: a new claim comes with a bug in scripts/mutants/seeded-bugs.
 */
export const claimsWithoutBug: readonly string[] = [
  'Read a password',
  'None is on a command line or in an environment, as far as sampling all processes many times a second shows',
]
