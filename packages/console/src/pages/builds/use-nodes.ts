/** The nodes of a cloud: who checked a build, and whether there is one that could. Null while that is not known. */
import type { Node } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session.tsx'

const mostNodes = 500

export function useNodes(cloudId: string): readonly Node[] | null {
  const { client } = useSession()
  const { data } = useQuery({
    queryKey: ['nodes', 'of-cloud', cloudId],
    queryFn: ({ signal }) => client.nodes.list({ cloud_id: cloudId }, { signal }).take(mostNodes),
  })
  return data?.results ?? null
}
