/** The grants of a cloud, whole, since any of them may cover a reference. Null while they are not known, or are not needed. */
import type { Cloud, Grant } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../session/session.tsx'

const mostGrants = 2000

export function useGrants(cloud: Cloud | null): readonly Grant[] | null {
  const { client } = useSession()
  const isAsked = cloud !== null && !cloud.allow_any_secret
  const id = cloud?.id ?? ''
  const { data } = useQuery({
    queryKey: ['clouds', 'grants', id],
    queryFn: ({ signal }) => client.clouds.grants(id, { signal }).take(mostGrants),
    enabled: isAsked,
  })
  return isAsked ? (data?.results ?? null) : []
}
