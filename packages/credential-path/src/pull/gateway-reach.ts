/** What the agent learned about the engine's route to it, stored next to its state for `agent status`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomically } from '../process/atomic-file.ts'

const Reach = z.object({ problem: z.literal('ENGINE_CANNOT_REACH_GATEWAY').nullable() })
export type GatewayProblem = z.infer<typeof Reach>['problem']

const fileIn = (stateDir: string): string => join(stateDir, 'gateway-reach.json')

export const keepGatewayReach = (stateDir: string, problem: GatewayProblem): Promise<void> =>
  writeFileAtomically(fileIn(stateDir), JSON.stringify({ problem }))

/** Also null if nothing is known. */
export async function readGatewayReach(stateDir: string): Promise<GatewayProblem> {
  try {
    return Reach.parse(JSON.parse(await readFile(fileIn(stateDir), 'utf8'))).problem
  } catch {
    return null
  }
}
