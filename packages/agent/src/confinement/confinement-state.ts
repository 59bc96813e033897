/** Whether workloads are kept from the metadata service, as the agent last found it; stored next to its state for `agent status`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isProblem } from '@fairlead/contract/problems'
import { z } from 'zod'
import { writeFileAtomically } from '@fairlead/credential-path/process/atomic-file'
import type { Confinement, StartConfinement } from './confinement.ts'

/** `open`: nothing would start; `allowed`: by the node's own file; `none`: a local node, which has no metadata service. */
const State = z.object({ metadata: z.enum(['refused', 'allowed', 'open', 'none']) })
export type MetadataState = z.infer<typeof State>['metadata']

const fileIn = (stateDir: string): string => join(stateDir, 'workload-metadata.json')

export const keepMetadataState = (stateDir: string, metadata: MetadataState): Promise<void> =>
  writeFileAtomically(fileIn(stateDir), JSON.stringify({ metadata }))

/** Null if nothing is known. */
export async function readMetadataState(stateDir: string): Promise<MetadataState | null> {
  try {
    return State.parse(JSON.parse(await readFile(fileIn(stateDir), 'utf8'))).metadata
  } catch {
    return null
  }
}

/** The same, and stores the result of each check before and after a start. */
export function remembered(confinement: Confinement, keep: (found: MetadataState) => Promise<void>): StartConfinement {
  const keepingExposed = async (look: Promise<void>) => {
    try {
      await look
    } catch (error) {
      if (isProblem(error, 'METADATA_EXPOSED')) await keep('open')
      throw error
    }
  }
  return {
    cgroupParent: (signal) => confinement.cgroupParent(signal),
    async assertInForce(signal) {
      await keepingExposed(confinement.assertInForce(signal))
      await keep(confinement.aim)
    },
    assertInside: (firstProcess, signal) => keepingExposed(confinement.assertInside(firstProcess, signal)),
  }
}
