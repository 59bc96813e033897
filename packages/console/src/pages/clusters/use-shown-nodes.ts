/** The nodes that a cluster's page shows: its own, and once it is terminated those of its last start, which the cluster does not tell any more. */
import type { Cluster, ClusterNode } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session.tsx'

/** Null while they are on their way. */
export function useShownNodes(cluster: Cluster): readonly ClusterNode[] | null {
  const { client } = useSession()
  const { id, generation, state } = cluster
  const isEnding = state === 'Terminating' || state === 'Terminated'
  const { data, error } = useQuery({
    queryKey: ['clusters', 'nodes', id, generation],
    // They come in one page.
    queryFn: ({ signal }) => client.clusters.nodes(id, { signal }).page(),
    // From the beginning of the end on, so that nothing is missing for a moment once it is over.
    enabled: isEnding && generation > 0,
  })
  if (state !== 'Terminated') return cluster.nodes
  if (data !== undefined) return data.results
  return generation === 0 || error !== null ? [] : null
}
