/** S21: the node knows what it is and refuses orders that contradict it. Pure. */
import { problem, type Problem } from '@fairlead/contract/problems'
import { type DesiredState } from '@fairlead/contract/wire'

/** What this node knows about itself; null: it cannot know, so nothing can contradict it. */
export interface OwnPlace {
  readonly nodeId: string
  readonly cloudId: string
  readonly provider: 'aws' | 'gcp' | 'local'
  readonly partition: string | null
  readonly accountId: string | null
  readonly projectId: string | null
}

/** Null: the state is for this node. Regions may differ: a node reads bare names in its own region. */
export function judgeDesiredState(state: DesiredState, own: OwnPlace): Problem | null {
  const cloud = state.cloud
  const fits =
    state.node_id === own.nodeId &&
    cloud.id === own.cloudId &&
    cloud.provider === own.provider &&
    agree(cloud.partition, own.partition) &&
    agree(cloud.account_id, own.accountId) &&
    agree(cloud.project_id, own.projectId)
  return fits ? null : problem('DESIRED_STATE_REFUSED')
}

function agree(said: string | null, own: string | null): boolean {
  return said === null || own === null || said === own
}
