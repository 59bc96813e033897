/** The nodes that records may name: for their names, their chains of records, and choices. */
import type { Node } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session.tsx'

const most = 500
const none: readonly Node[] = []

export function useAllNodes(): readonly Node[] {
  const { client } = useSession()
  const { data } = useQuery({
    queryKey: ['nodes', 'all'],
    queryFn: ({ signal }) => client.nodes.list({}, { signal }).take(most),
  })
  return data?.results ?? none
}
