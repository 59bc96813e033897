/** What a node that starts a cluster reveals about the cluster's build, if no check has reported yet. */
import type { StepName, WorkloadReport } from '@fairlead/contract/wire'

export type BuildVerdict = 'succeeded' | 'failed' | null

/** The steps shared with a check: a failure in one of them fails the build, a later failure says nothing about it. */
const checkedSteps: ReadonlySet<StepName> = new Set(['secret', 'match', 'challenge', 'login', 'resolve'])

export function judgeBuild(report: Pick<WorkloadReport, 'digest' | 'problem' | 'steps'>): BuildVerdict {
  if (report.digest !== null) return 'succeeded'
  if (report.problem === null) return null
  return report.steps.some((step) => step.status === 'failed' && checkedSteps.has(step.step)) ? 'failed' : null
}
