/** This node's single log line about a pull, from its record, the counters, and the node owner's own file. */
import { Version } from '@fairlead/contract/names'
import { pullEvent, type NodePullEvent } from '@fairlead/contract/wire'
import { version } from '@fairlead/contract/release'
import type { PullParts } from '../pull/pull-parts.ts'
import type { PullTally } from './pull-tally.ts'
import type { UnchainedRecord } from './record-chain.ts'

export function nodePullEvent(
  record: UnchainedRecord,
  sequence: number | null,
  tally: PullTally,
  { provider, policy }: Pick<PullParts, 'provider' | 'policy'>,
): NodePullEvent {
  const { layers, layersFetched } = tally
  return {
    ...pullEvent(record),
    sequence,
    secret_provider: record.secret_reference === null ? null : provider,
    secret_reads: tally.secretReads,
    secret_kept: tally.secretKept,
    retries: tally.retries,
    resumed_streams: tally.resumedStreams,
    layers,
    layers_fetched: layersFetched,
    // An image may list the same layer twice.
    layers_here: layers === null || record.purpose === 'check' ? null : Math.max(0, layers - layersFetched),
    engine_restarts: tally.engineRestarts,
    engine_version: Version.safeParse(tally.engineVersion).data ?? null,
    agent_version: version,
    policy: {
      on_mismatch: policy.on_mismatch,
      offline_start: policy.offline_start,
      registries: policy.allowed_registries === null ? 'all' : 'listed',
      secrets: policy.allowed_secrets === null ? 'all' : 'listed',
      proxy: policy.proxy === null ? 'none' : 'set',
    },
  }
}
