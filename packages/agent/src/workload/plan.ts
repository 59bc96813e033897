/** Plans the next steps from the current and the wanted state. Pure: the same input gives the same output. */
import type { Workload } from '@fairlead/contract/wire'
import type { NodeState } from './node-state.ts'
import { findOwn, type WorkloadContainer } from './start.ts'
import type { Step } from './step.ts'

/**
 * The steps that do not need each other's results. Anything that depends on a result, such as the container for an image, is planned from the state
 * after it: so an agent killed between two steps plans the same next step as one that was not.
 */
export function plan(have: NodeState, want: Workload | null): readonly Step[] {
  const own = want === null || have.failure !== null ? null : findOwn(have.containers, want)
  const kept = own?.state === 'other' ? null : own
  const away = have.containers.filter((container) => container !== kept).flatMap(clearAway)
  // Ports and GPUs of the old container must be free before the new one starts.
  if (want === null || have.failure !== null || away.length > 0) return away
  return kept === null ? planStart(have, want) : planContainer(have, want, kept)
}

function clearAway({ name, state }: WorkloadContainer): readonly Step[] {
  const remove: Step = { do: 'remove-container', name }
  // A paused or dying container is removed at once: stopped first, it would look like one that ended on its own.
  return state === 'running' ? [{ do: 'stop-container', name }, remove] : [remove]
}

function planStart(have: NodeState, want: Workload): readonly Step[] {
  // The head may have settled the digest in the meantime: every node of the cluster runs that one.
  const isProved = have.image !== null && (want.digest === null || want.digest === have.image.digest)
  if (have.image === null || !isProved) return [{ do: 'pull-image', workload: want }]
  // A worker pulls while its head starts, then waits for the head's address.
  if (want.role === 'worker' && want.head_address === null) return []
  return [{ do: 'create-container', workload: want, image: have.image }]
}

function planContainer(have: NodeState, want: Workload, own: WorkloadContainer): readonly Step[] {
  if (own.state === 'created') return [{ do: 'start-container', workload: want }]
  if (own.state === 'exited') return [{ do: 'conclude-exit', workload: want, container: own }]
  if (!have.rayChecked) return [{ do: 'check-ray-version', workload: want }]
  return have.rayAskDue ? [{ do: 'ask-ray', workload: want }] : []
}
