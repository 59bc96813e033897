/** What a node does now: its part in a cluster, or that it is free. */
import type { Node } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { ResourceLink } from '../../resources/resource-link.tsx'
import { clusterQuery } from '../../queries/resource-queries.ts'
import { useSession } from '../../session/session.tsx'
import { StepList } from '../../steps/step-list.tsx'
import { Details } from '../../ui/details.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { phaseWords } from '../clusters/cluster-words.ts'
import { knowsPods } from './node-words.ts'

export function CurrentWork({ node }: { node: Node }) {
  if (node.cluster_id !== null) return <PartOfCluster clusterId={node.cluster_id} nodeId={node.id} />
  return <p className="quiet">{idleText(node)}</p>
}

function idleText({ state, checker, facts }: Node): string {
  if (state === 'revoked') return 'None: it gets no more orders.'
  if (checker && facts !== null && knowsPods(facts)) {
    return 'It runs no clusters: it checks builds, and images for its pods come through its doors.'
  }
  if (checker) return 'It runs no clusters: it only checks builds.'
  return state === 'lost' ? 'None.' : 'None: it is free for the next cluster of its cloud.'
}

function PartOfCluster({ clusterId, nodeId }: { clusterId: string; nodeId: string }) {
  const { client } = useSession()
  const { data: cluster } = useQuery(clusterQuery(client, clusterId))
  const part = cluster?.nodes.find((one) => one.node_id === nodeId)
  // As tall as the content to come.
  const pending = cluster === undefined && '…'
  return (
    <>
      <Details
        rows={[
          ['Cluster', <ResourceLink id={clusterId} />],
          ['State of the cluster', cluster === undefined ? '…' : <StateBadge state={cluster.state} />],
          ['Part', pending || (part && `${part.role} of ${cluster?.cluster_environment}`)],
          ['State here', pending || (part && <StateBadge state={phaseWords[part.phase]} />)],
        ]}
      />
      {part !== undefined && part.phase !== 'running' && <StepList steps={part.steps} problem={part.problem} />}
    </>
  )
}
