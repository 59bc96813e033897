/** One idempotent action towards the wanted state. A step carries everything it needs, so that executing it involves no decisions. */
import type { Workload } from '@fairlead/contract/wire'
import type { ProvedImage } from './node-state.ts'
import type { WorkloadContainer } from './start.ts'

export type Step =
  /** The whole credential path; what the engine already has is not downloaded again. */
  | { readonly do: 'pull-image'; readonly workload: Workload }
  /** And starts it. */
  | { readonly do: 'create-container'; readonly workload: Workload; readonly image: ProvedImage }
  /** One that a killed agent created. */
  | { readonly do: 'start-container'; readonly workload: Workload }
  | { readonly do: 'check-ray-version'; readonly workload: Workload }
  /** Asks Ray which nodes it lists as alive. */
  | { readonly do: 'ask-ray'; readonly workload: Workload }
  /** The container ended on its own: its last lines are stored, and the start has failed. */
  | { readonly do: 'conclude-exit'; readonly workload: Workload; readonly container: WorkloadContainer }
  | { readonly do: 'stop-container'; readonly name: string }
  | { readonly do: 'remove-container'; readonly name: string }
