/** Bugs against what docs/threat-model.md says under "What a node keeps to itself". */
import type { SeededBug } from '../seeded-bug.ts'
import { credentialPath } from './sources.ts'

export const keptOnNode: readonly SeededBug[] = [
  {
    name: 'log the login',
    rule: 'S5',
    file: `${credentialPath}/registry/auth/authorization.ts`,
    replace: 'password.spend((secret) => new Redacted(',
    by: 'password.spend((secret) => (console.error(`logging in as ${user}:${secret}`), 0) || new Redacted(',
    testFile: `${credentialPath}/registry/silence.test.ts`,
    test: 'S5: a login on its way > Basic: is written nowhere',
  },
  {
    name: 'print the value of a Redacted',
    rule: 'S5',
    file: `${credentialPath}/match/redacted.ts`,
    replace: "toJSON(): string {\n    return '[redacted]'",
    by: 'toJSON(): string {\n    return String(this.#value)',
    testFile: `${credentialPath}/match/login-document.test.ts`,
    test: 'what a refusal tells > S5: a login prints as redacted in every form',
  },
  {
    name: 'leave memory in core dumps',
    rule: 'S25',
    file: `${credentialPath}/process/core-dump-filter.ts`,
    replace: "writeFileSync(file, '0')",
    by: "writeFileSync(file, '0x33')",
    testFile: `${credentialPath}/process/core-dump-filter.test.ts`,
    test: 'S25: a core dump holds no memory > of a credential helper',
  },
]
