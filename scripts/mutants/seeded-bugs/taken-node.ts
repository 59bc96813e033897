/** Bugs against what docs/threat-model.md says under "A node that was taken over". */
import type { SeededBug } from '../seeded-bug.ts'
import { controlPlane } from './sources.ts'

export const takenNode: readonly SeededBug[] = [
  {
    name: 'let in whom a node names',
    rule: 'S7',
    file: `${controlPlane}/fleet/told-problem.ts`,
    replace: 'account !== undefined && role !== undefined && isOfNodes(account, role, cloud)',
    by: 'account !== undefined && role !== undefined',
    testFile: `${controlPlane}/fleet/told-problem.test.ts`,
    test: 'whom a fix lets in > AWS: case 2',
  },
]
