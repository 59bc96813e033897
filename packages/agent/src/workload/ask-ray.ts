/** Asks Ray which nodes it lists as alive, and concludes whether this node's part of the cluster is up. */
import { isProblem, problem } from '@fairlead/contract/problems'
import { type Workload } from '@fairlead/contract/wire'
import type { Engine } from '@fairlead/credential-path/engine/engine'
import type { CurrentStart } from './current-start.ts'
import type { ExecutorParts, WorkloadTimes } from './executor-parts.ts'
import {
  dashboardAddress,
  headAddress,
  isCommandMissing,
  parseRayNodes,
  rayNodesCommands,
  type RayNodes,
} from './ray.ts'
import { endSteps } from './start-progress.ts'
import { containerName } from './start.ts'

const answerWithinMs = 30_000
/** After this many unanswered questions in a row, the number of nodes counts as unknown. */
const unansweredLimit = 4

export async function askRay(
  current: CurrentStart,
  workload: Workload,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const address = parts.place().advertiseAddress
  const began = performance.now()
  const nodes = await ask(parts.engine, workload, address, signal)
  current.unanswered = nodes === null ? current.unanswered + 1 : 0
  if (nodes?.here === true && !current.wasUp) {
    // Written first: an exit from now on is the end of a running cluster, even after a crash of this agent.
    await parts.records.write({ start: current.start, wasUp: true, failure: null })
    current.wasUp = true
  }
  if (current.wasUp) showRunning(current, workload, nodes, address)
  else {
    if (nodes !== null && workload.role === 'head') showHead(current, address)
    failIfTooLate(current, parts.times.rayStartMs)
  }
  current.wasComplete ||= (nodes?.alive ?? 0) >= workload.node_count
  // Polling must not keep a busy machine busy.
  const politeMs = 2 * (performance.now() - began)
  current.nextAskAt = performance.now() + Math.max(untilNextAskMs(current, workload, parts.times), politeMs)
}

function untilNextAskMs(current: CurrentStart, workload: Workload, times: WorkloadTimes): number {
  if (!current.wasUp) return times.askWhileStartingMs
  // A worker's head counts the nodes; the worker asks only until it is listed itself.
  if (workload.role === 'worker') return Number.POSITIVE_INFINITY
  if (current.wasComplete) return times.askWhileRunningMs
  // Others are on their way: ask often at first, then less and less often if they take long.
  const elapsedMs = performance.now() - (current.rayBeganAt ?? 0)
  return Math.min(Math.max(elapsedMs / 10, times.askWhileStartingMs), times.askWhileRunningMs)
}

async function ask(engine: Engine, workload: Workload, address: string, signal: AbortSignal): Promise<RayNodes | null> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)])
  for (const command of rayNodesCommands(workload, address)) {
    try {
      const { exitStatus, stdout } = await engine.exec(containerName(workload), command, deadline)
      if (!isCommandMissing(exitStatus)) return parseRayNodes(stdout)
    } catch (error) {
      signal.throwIfAborted()
      if (isProblem(error, 'ENGINE_UNREACHABLE')) throw error
      // The container ended in the meantime, or the answer took too long.
      return null
    }
  }
  return null
}

/** Ray's own record answers, so workers can join while the rest of the head comes up. */
function showHead(current: CurrentStart, address: string): void {
  current.update((progress) => ({ ...progress, headAddress: headAddress(address) }))
}

function showRunning(current: CurrentStart, workload: Workload, nodes: RayNodes | null, address: string): void {
  const isHead = workload.role === 'head'
  const alive = nodes?.alive ?? (current.unanswered < unansweredLimit ? current.progress.aliveNodes : null)
  current.isQuiet = false
  current.update((progress) => ({
    ...endSteps(progress, 'done', new Date()),
    phase: 'running',
    headAddress: isHead ? headAddress(address) : null,
    dashboardAddress: isHead ? dashboardAddress : null,
    aliveNodes: isHead ? alive : null,
  }))
}

function failIfTooLate(current: CurrentStart, limitMs: number): void {
  current.rayBeganAt ??= performance.now()
  if (performance.now() - current.rayBeganAt > limitMs) {
    throw problem('RAY_START_TIMEOUT', { seconds: Math.round(limitMs / 1000) })
  }
}
