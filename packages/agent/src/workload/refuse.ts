/** Reports of orders that a node does not follow. */
import type { Problem } from '@fairlead/contract/problems'
import type { BuildCheck, BuildCheckReport, Workload, WorkloadReport } from '@fairlead/contract/wire'
import { notStarted, toReport } from './start-progress.ts'
import { startOf } from './start.ts'

export function refusedWorkload(workload: Workload, refusal: Problem): WorkloadReport {
  return toReport(startOf(workload), { ...notStarted, phase: 'failed', problem: refusal })
}

export function refusedCheck(check: BuildCheck, refusal: Problem): BuildCheckReport {
  return {
    build_id: check.build_id,
    attempt: check.attempt,
    status: 'failed',
    steps: [],
    problem: refusal.toReport(),
    digest: null,
    platform: null,
    size_bytes: null,
    advice: [],
  }
}
