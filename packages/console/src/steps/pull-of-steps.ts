/** The record of a pull whose steps are shown elsewhere. */
import type { PullRecord, StepReport } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../session/session.tsx'
import { stepOrder } from './step-words.ts'

/** A node checks a build or starts a cluster again a few times at most before a user looks. */
const newest = 20

/** Its ID, once the node has reported it; null if the steps did not fail on the credential path. */
export function useFailedPull(
  of: { readonly node_id: string | undefined; readonly build_id?: string; readonly cluster_id?: string },
  steps: readonly StepReport[],
): string | null {
  const { client } = useSession()
  const { data } = useQuery({
    queryKey: ['pulls', 'of', of],
    queryFn: async ({ signal }) => (await client.pulls.list(of, { signal }).page({ count: newest })).results,
    enabled: of.node_id !== undefined && failedInPull(steps),
  })
  return data === undefined || !failedInPull(steps) ? null : (recordOf(steps, data)?.id ?? null)
}

/** The steps of a start continue after those of its pull. */
function failedInPull(steps: readonly StepReport[]): boolean {
  return steps.some(({ step, status }) => status === 'failed' && stepOrder.indexOf(step) <= stepOrder.indexOf('pull'))
}

/** A node takes one step at a time: two of its pulls do not begin at the same moment. */
export function recordOf(steps: readonly StepReport[], records: readonly PullRecord[]): PullRecord | null {
  const began = steps[0]?.started_at
  if (began === undefined) return null
  return records.find((record) => record.steps[0]?.started_at === began) ?? null
}
