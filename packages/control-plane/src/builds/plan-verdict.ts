/** What a node that starts a cluster says of the cluster's build, where no check has said it yet. */
import type { StepName, WorkloadReport } from '@fairlead/contract/wire'

export type BuildVerdict = 'succeeded' | 'failed' | null

/** The steps that a check takes as well: one that fails there fails the build, one that fails later says nothing of it. */
const checkedSteps: ReadonlySet<StepName> = new Set(['secret', 'match', 'challenge', 'login', 'resolve'])

export function judgeBuild(report: Pick<WorkloadReport, 'digest' | 'problem' | 'steps'>): BuildVerdict {
  if (report.digest !== null) return 'succeeded'
  if (report.problem === null) return null
  return report.steps.some((step) => step.status === 'failed' && checkedSteps.has(step.step)) ? 'failed' : null
}
