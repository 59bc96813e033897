/** Bugs against what docs/threat-model.md says under "Honest limits". */
import type { SeededBug } from '../seeded-bug.ts'
import { credentialPath } from './sources.ts'

export const honestLimits: readonly SeededBug[] = [
  {
    name: 'start offline for a week',
    rule: 'S11',
    file: `${credentialPath}/record/decision.ts`,
    replace: 'proofLastsMs = 24 *',
    by: 'proofLastsMs = 7 * 24 *',
    testFile: `${credentialPath}/record/decision.test.ts`,
    test: 'a start without the registry (S11) > is allowed within a day, with the same version of the same secret',
  },
]
