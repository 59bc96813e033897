/**
 * The end of an agent that runs in a pod. If its DaemonSet is gone, nothing comes after it, and the node is as it was before; otherwise the files
 * of engines stay: until the next agent runs, no engine asks a registry behind its back.
 */
import { agentStatus, fateOfDaemonSet, leaveNode, type openClusterApi } from '@fairlead/agent'
import { isProblem } from '@fairlead/contract/problems'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CliContext } from '../../context.ts'
import { carryOut } from '../../machine-steps/carry-out.ts'
import { doorFileSteps } from '../door/close-doors.ts'
import type { DoorPlace } from '../door/door-place.ts'

export interface DaemonSetOfPod {
  readonly name: string
  readonly api: ReturnType<typeof openClusterApi>
  /** Whether its pods join as nodes: the node then ends as well. */
  readonly joins: boolean
}

/** Shorter than the 30 seconds that Kubernetes gives a pod. */
const withinMs = 20_000
const leaveWithinMs = 8_000

/** Throws INSTALL_STEP_FAILED. */
export async function leaveNodeOfCluster(
  doors: DoorPlace,
  { name, api, joins }: DaemonSetOfPod,
  context: CliContext,
): Promise<void> {
  // The signal that ended the agent has come already.
  const signal = AbortSignal.timeout(withinMs)
  if ((await fateOfDaemonSet(api, name, signal)) !== 'gone') return
  const { root } = doors.machine.places
  const stateDir = join(root, doors.stateDir)
  if (joins) await endNode(stateDir, signal)
  const { node } = await agentStatus({ stateDir })
  // The folder itself is where the node's was mounted. What a machine joined with by itself is not the pod's.
  const entries = joins || node === null ? await readdir(stateDir) : []
  const remove = entries.map((entry) => ({ do: 'remove-folder', path: join(stateDir, entry) }) as const)
  await carryOut(context, {}, root, [...(await doorFileSteps(doors, signal)), ...remove])
}

/** A control plane that does not answer now no longer hears from the node, and forgets it later. */
async function endNode(stateDir: string, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(leaveWithinMs)])
  try {
    await leaveNode({ stateDir, atShutdown: false }, deadline)
  } catch (error) {
    if (!isProblem(error) && !deadline.aborted) throw error
  }
}
