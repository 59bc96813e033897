/** Every cloud within the token's reach: there are few, and other pages need their names. */
import type { Cloud } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../session/session.tsx'

const mostClouds = 500
const none: readonly Cloud[] = []

export interface Clouds {
  readonly all: readonly Cloud[]
  readonly isPending: boolean
  readonly error: Error | null
  readonly byId: (id: string) => Cloud | null
}

export function useClouds(): Clouds {
  const { client } = useSession()
  const { data, isPending, error } = useQuery({
    queryKey: ['clouds', 'all'],
    queryFn: ({ signal }) => client.clouds.list({}, { signal }).take(mostClouds),
  })
  const all = data?.results ?? none
  return { all, isPending, error, byId: (id) => all.find((cloud) => cloud.id === id) ?? null }
}
