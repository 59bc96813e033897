/** How one start is going, as it will be reported. Immutable; each change is a new value. */
import type { Problem, ProblemCode } from '@fairlead/contract/problems'
import type { StepName, StepReport, Workload, WorkloadReport } from '@fairlead/contract/wire'
import { startOf, type Start } from './start.ts'

export interface StartProgress {
  readonly phase: WorkloadReport['phase']
  readonly steps: readonly StepReport[]
  readonly problem: Problem | null
  readonly warnings: readonly ProblemCode[]
  readonly digest: string | null
  readonly rayVersion: string | null
  readonly headAddress: string | null
  readonly dashboardAddress: string | null
  readonly aliveNodes: number | null
  /** Where they are reported. */
  readonly lastLines: readonly string[] | null
}

export const notStarted: StartProgress = {
  phase: 'pulling',
  steps: [],
  problem: null,
  warnings: [],
  digest: null,
  rayVersion: null,
  headAddress: null,
  dashboardAddress: null,
  aliveNodes: null,
  lastLines: null,
}

/** Records that a step runs; one that ran before and failed begins again. */
export function beginStep(progress: StartProgress, step: StepName, at: Date): StartProgress {
  if (progress.steps.some((known) => known.step === step && known.status === 'running')) return progress
  const others = progress.steps.filter((known) => known.step !== step)
  return {
    ...progress,
    steps: [...others, { step, status: 'running', started_at: at.toISOString(), duration_ms: null }],
  }
}

/** Ends the running steps. */
export function endSteps(progress: StartProgress, status: 'done' | 'failed', at: Date): StartProgress {
  return {
    ...progress,
    steps: progress.steps.map((step) =>
      step.status === 'running'
        ? { ...step, status, duration_ms: Math.max(at.getTime() - Date.parse(step.started_at), 0) }
        : step,
    ),
  }
}

export function toReport(start: Start, progress: StartProgress): WorkloadReport {
  return {
    cluster_id: start.clusterId,
    generation: start.generation,
    phase: progress.phase,
    steps: [...progress.steps],
    problem: progress.problem?.toReport() ?? null,
    warnings: [...progress.warnings],
    digest: progress.digest,
    ray_version: progress.rayVersion,
    head_address: progress.headAddress,
    dashboard_address: progress.dashboardAddress,
    alive_nodes: progress.aliveNodes,
    ...(progress.lastLines !== null && { last_lines: [...progress.lastLines] }),
  }
}

/** Of an order that the node does not follow. */
export function refusedWorkload(workload: Workload, refusal: Problem): WorkloadReport {
  return toReport(startOf(workload), { ...notStarted, phase: 'failed', problem: refusal })
}
