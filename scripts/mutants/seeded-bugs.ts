/** The bugs that would do most harm, each with the one test that must notice it, by the part of docs/threat-model.md that it would falsify. */
import type { SeededBug } from './seeded-bug.ts'
import { apiUser } from './seeded-bugs/api-user.ts'
import { dependencies } from './seeded-bugs/dependencies.ts'
import { honestLimits } from './seeded-bugs/honest-limits.ts'
import { hostileRegistry } from './seeded-bugs/hostile-registry.ts'
import { keptOnNode } from './seeded-bugs/kept-on-node.ts'
import { neighbourOnNode } from './seeded-bugs/neighbour-on-node.ts'
import { stolenDatabase } from './seeded-bugs/stolen-database.ts'
import { takenControlPlane } from './seeded-bugs/taken-control-plane.ts'
import { takenNode } from './seeded-bugs/taken-node.ts'
import { wouldBeNode } from './seeded-bugs/would-be-node.ts'

/** By the heading under which each test is cited. */
export const bugsByHeading: Readonly<Record<string, readonly SeededBug[]>> = {
  'A hostile registry, token realm or blob store, or an attacker on the network': hostileRegistry,
  'A compromised control plane': takenControlPlane,
  'A thief of the database or a backup': stolenDatabase,
  'A user of the control plane, or a caller without a token': apiUser,
  'A compromised node': takenNode,
  'An attacker who wants to become a node, finds a join token, or sits between a node and the control plane':
    wouldBeNode,
  "Another user or process on a node, or a workload on the host's network": neighbourOnNode,
  'An attacker who changes our dependencies': dependencies,
  'What a node keeps to itself': keptOnNode,
  'Honest limits': honestLimits,
}

export const seededBugs: readonly SeededBug[] = Object.values(bugsByHeading).flat()
