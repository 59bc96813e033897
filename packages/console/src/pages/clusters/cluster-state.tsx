/** A cluster's state; one that runs with a problem is not shown as good news. */
import type { Cluster } from '@fairlead/contract/wire'
import { StateBadge, toneOf } from '../../ui/state-badge.tsx'

export function ClusterStateBadge({ cluster: { state, problem } }: { cluster: Pick<Cluster, 'state' | 'problem'> }) {
  return <StateBadge state={state} tone={state === 'Running' && problem !== null ? 'warn' : toneOf(state)} />
}
