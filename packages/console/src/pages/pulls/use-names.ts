/** The clusters and nodes that records may name: for choices, and to show names instead of IDs. */
import type { Cluster, Node } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session.tsx'

const most = 500
const noNodes: readonly Node[] = []
const noClusters: readonly Pick<Cluster, 'id' | 'name'>[] = []

export function useAllNodes(): readonly Node[] {
  const { client } = useSession()
  const { data } = useQuery({
    queryKey: ['nodes', 'all'],
    queryFn: ({ signal }) => client.nodes.list({}, { signal }).take(most),
  })
  return data?.results ?? noNodes
}

export function useAllClusters(): readonly Pick<Cluster, 'id' | 'name'>[] {
  const { client } = useSession()
  const { data } = useQuery({
    queryKey: ['clusters', 'all'],
    queryFn: ({ signal }) => client.clusters.list({}, { signal }).take(most),
  })
  return data?.results ?? noClusters
}
