/** What the planner is told: the containers as the engine lists them, and what this agent knows of the wanted start. */
import type { Problem } from '@fairlead/contract/problems'
import type { WorkloadContainer } from './start.ts'

/** An image that was proved for this start and is on the node (S11). */
export interface ProvedImage {
  readonly id: string
  readonly digest: string
}

export interface NodeState {
  readonly containers: readonly WorkloadContainer[]
  /** Of the wanted start; null: not proved yet, or no longer on the node. */
  readonly image: ProvedImage | null
  /** Whether the Ray in the running container was found to be the wanted one. */
  readonly rayChecked: boolean
  readonly rayAskDue: boolean
  /** Why the wanted start is over; it is not tried again. */
  readonly failure: Problem | null
}
