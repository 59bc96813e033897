/** What a node that starts a cluster reveals about the cluster's build, if no check has reported yet. */
import type { ProblemCode } from '@fairlead/contract/problems'
import type { StepName, WorkloadReport } from '@fairlead/contract/wire'

export type BuildVerdict = 'succeeded' | 'failed' | null

/** The steps shared with a check: a failure in one of them fails the build, a later failure says nothing about it unless a check would find it, too. */
const checkedSteps: ReadonlySet<StepName> = new Set(['secret', 'match', 'challenge', 'login', 'resolve'])

/** What an image's config says: a pull reads it while the engine has been asked already (ADR 77). */
const foundInConfig: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['IMAGE_PLATFORM_MISMATCH', 'IMAGE_UNSUPPORTED'])

export function judgeBuild(report: Pick<WorkloadReport, 'digest' | 'problem' | 'steps'>): BuildVerdict {
  if (report.digest !== null) return 'succeeded'
  if (report.problem === null) return null
  if (foundInConfig.has(report.problem.code)) return 'failed'
  return report.steps.some((step) => step.status === 'failed' && checkedSteps.has(step.step)) ? 'failed' : null
}
