/** The planner's input: the containers as the engine lists them, and this agent's knowledge of the wanted start. */
import type { Problem } from '@fairlead/contract/problems'
import type { WorkloadContainer } from './start.ts'

/** An image proved for this start and present on the node (S11). */
export interface ProvedImage {
  readonly id: string
  readonly digest: string
}

export interface NodeState {
  readonly containers: readonly WorkloadContainer[]
  /** For the wanted start; null: not proved yet, or no longer on the node. */
  readonly image: ProvedImage | null
  /** Whether the Ray in the running container is the wanted version. */
  readonly rayChecked: boolean
  readonly rayAskDue: boolean
  /** Why the wanted start is over; it is not retried. */
  readonly failure: Problem | null
}
