/** The step `identity`: the node learns from its cloud what it is. */
import { problem } from '@fairlead/contract/problems'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import type { DoctorParts } from './doctor-parts.ts'
import type { StepList } from './step-list.ts'

export type Place = ReturnType<DoctorParts['openPlace']>

/** For an image without a secret. */
export const nowhere: Place = {
  context: {},
  learn: () => Promise.resolve(),
  secrets: { read: () => Promise.reject(problem('INTERNAL')) },
}

/** Null if unknown. */
export async function learnPlace(
  parts: DoctorParts,
  policy: NodePolicy | null,
  steps: StepList,
  signal: AbortSignal,
): Promise<Place | null> {
  const learn = async () => {
    const place = parts.openPlace(policy)
    await place.learn(signal)
    return place
  }
  return steps.take('identity', learn, ({ context: { accountId, region, projectId, projectNumber } }) => ({
    provider: parts.provider,
    ...(accountId && { account: accountId }),
    ...(region && { region }),
    ...(projectId && { project: projectId }),
    ...(projectNumber && { project_number: projectNumber }),
  }))
}
