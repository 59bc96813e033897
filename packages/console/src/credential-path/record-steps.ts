/** What the steps of a record say: how each one went, and which was the last. Pure. */
import { type PullRecord, type StepName, type StepReport } from '@fairlead/contract/wire'

export function statusOf({ steps }: Pick<PullRecord, 'steps'>, step: StepName): StepReport['status'] | null {
  return steps.find((one) => one.step === step)?.status ?? null
}

/** The step at which the pull ended without an image; null if it got one, or ended before its first step. */
export function endedAt({ steps, code }: Pick<PullRecord, 'steps' | 'code'>): StepName | null {
  if (code === null) return null
  return steps.findLast(({ status }) => status === 'failed' || status === 'running')?.step ?? null
}
