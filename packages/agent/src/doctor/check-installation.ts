/** Examines the installation: the agent's folder, what the node has joined, its clock, its disk. Names no image and contacts no registry. */
import { problem } from '@fairlead/contract/problems'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import type { DoorParts } from './check-doors.ts'
import { judgeRoom } from '@fairlead/credential-path/pull/disk-room'
import type { DoctorParts } from './doctor-parts.ts'
import type { DoctorWarning, Findings } from './doctor-report.ts'
import { learnPlace } from './learn-place.ts'
import type { SeenEngine } from './look-at-engine.ts'
import type { StepList } from './step-list.ts'
import { clockWarning, dockerLoginWarning } from './warnings.ts'

export interface InstallationParts extends DoctorParts {
  readonly doors: DoorParts
  /** Null if there is no such folder yet; throws AGENT_STATE_UNREADABLE. */
  readonly lookAtStateDir: () => Findings | null
  /** Null if the machine has not joined. */
  readonly lookAtNode: () => Promise<JoinedTo | null>
}

export interface JoinedTo {
  readonly findings: Findings
  /** Throws CONTROL_PLANE_*. */
  readonly askControlPlane: (signal: AbortSignal) => Promise<ControlPlaneAnswer>
}

export interface ControlPlaneAnswer {
  readonly host: string
  /** The control plane's own clock; null if it does not report one. */
  readonly now: Date | null
}

export async function checkInstallation(
  policy: NodePolicy | null,
  engine: SeenEngine,
  parts: InstallationParts,
  steps: StepList,
  signal: AbortSignal,
): Promise<readonly DoctorWarning[]> {
  const left = dockerLoginWarning(parts.dockerConfig, await parts.dockerLogins())
  const clock = await checkNode(parts, steps, signal)
  await learnPlace(parts, policy, steps, signal)
  if (policy !== null) await checkReserve(policy, engine, parts, steps)
  return [left, clock].filter((warning) => warning !== null)
}

async function checkNode(
  parts: InstallationParts,
  steps: StepList,
  signal: AbortSignal,
): Promise<DoctorWarning | null> {
  await steps.take('state', parts.lookAtStateDir, (found) => found)
  if (steps.hasFailed('state')) return null
  const node = await steps.take('node', parts.lookAtNode, (joined) => joined?.findings ?? null)
  if (steps.hasFailed('node')) return null
  if (node === null) {
    steps.skip('control')
    steps.skip('clock')
    return null
  }
  const answer = await steps.take(
    'control',
    () => node.askControlPlane(signal),
    ({ host }) => ({ host }),
  )
  if (answer === null) return null
  if (answer.now === null) {
    steps.skip('clock')
    return null
  }
  // Its header has a resolution of one second.
  const offset = Math.round((Date.now() - answer.now.getTime()) / 1000)
  steps.add('clock', { offset_seconds: offset, host: answer.host })
  return clockWarning(offset)
}

async function checkReserve(
  policy: NodePolicy,
  { dataRoot }: SeenEngine,
  { engine, freeBytes }: DoctorParts,
  steps: StepList,
): Promise<void> {
  if (engine === null || dataRoot === null) return steps.skip('disk', engine === null ? 'not_needed' : 'not_reached')
  const reserveBytes = policy.disk_reserve_bytes
  const look = async () => {
    const free = await freeBytes(dataRoot)
    if (free !== null && judgeRoom({ imageBytes: 0, freeBytes: free, reserveBytes }) === 'full') {
      throw problem('NODE_DISK_FULL')
    }
    return { ...(free !== null && { free_bytes: free }), reserve_bytes: reserveBytes }
  }
  await steps.take('disk', look, (findings) => findings)
}
