/** The API tokens that the reader may see, without sessions, for their names and ends. Only an admin may list them. */
import type { ApiToken } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../session/session.tsx'

const mostTokens = 500
const none: readonly ApiToken[] = []

export function useTokens(): readonly ApiToken[] {
  const { client, may } = useSession()
  const { data } = useQuery({
    queryKey: ['tokens', 'all'],
    queryFn: ({ signal }) => client.apiTokens.list({ kind: 'token' }, { signal }).take(mostTokens),
    enabled: may('admin'),
  })
  return data?.results ?? none
}
