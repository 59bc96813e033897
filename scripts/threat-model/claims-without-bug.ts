/**
 * The claims in docs/threat-model.md without a seeded bug, by name: their proof needs real services, and they cite no unit test.
 * The list may only shrink: a new claim comes with a bug in scripts/mutants/seeded-bugs.
 */
export const claimsWithoutBug: readonly string[] = [
  'None is on a command line or in an environment, as far as sampling all processes many times a second shows',
]
