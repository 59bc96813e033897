/** What a node, a cluster or an environment is called. Names do not change: one that is known is not asked for again. */
import type { FairleadClient } from '@fairlead/sdk'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../session/session.tsx'
import { kindOfId } from './kind-of-id.ts'

export type NamedKind = 'nodes' | 'clusters' | 'clusterEnvironments'

export interface FoundName {
  /** Null if it is gone, out of the token's reach, or not known yet. */
  readonly name: string | null
  readonly isPending: boolean
}

export function useName(id: string | null): FoundName {
  const { client } = useSession()
  const kind = id === null ? null : namedKindOf(id)
  const { data, isPending } = useQuery({
    queryKey: ['names', id],
    queryFn: async ({ signal }) => (await read(client, kind ?? 'nodes', id ?? '', signal)).name,
    enabled: kind !== null,
    staleTime: 'static',
  })
  return { name: data ?? null, isPending }
}

const read = (client: FairleadClient, kind: NamedKind, id: string, signal: AbortSignal): Promise<{ name: string }> =>
  client[kind].get(id, { signal })

/** Null for what has no name, or whose names come with a list. */
export function namedKindOf(id: string): NamedKind | null {
  const kind = kindOfId(id)
  if (kind === 'node') return 'nodes'
  if (kind === 'cluster') return 'clusters'
  return kind === 'environment' ? 'clusterEnvironments' : null
}
