/** A record with what it names: its node, the node's cloud, its build and its cluster. Any of them may be gone or out of the token's reach. */
import type { Build, Cloud, Node, PullRecord } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { useClouds } from '../../queries/use-clouds.ts'
import { buildQuery, nodeQuery } from '../../queries/resource-queries.ts'
import { useName } from '../../resources/use-name.ts'
import { useSession } from '../../session/session.tsx'

export interface NamedBuild {
  readonly build: Build
  /** The environment's name; null while unknown. */
  readonly name: string | null
}

export function usePull(id: string): { readonly record: PullRecord | null; readonly error: Error | null } {
  const { client } = useSession()
  const { data, error } = useQuery({
    queryKey: ['pulls', 'one', id],
    queryFn: ({ signal }) => client.pulls.get(id, { signal }),
  })
  return { record: data ?? null, error }
}

/** `isPending`: the drawing would change in a moment. */
export function usePullPlace(nodeId: string | null): { node: Node | null; cloud: Cloud | null; isPending: boolean } {
  const { client } = useSession()
  const clouds = useClouds()
  const node = useQuery({ ...nodeQuery(client, nodeId ?? ''), enabled: nodeId !== null })
  return {
    node: node.data ?? null,
    cloud: node.data === undefined ? null : clouds.byId(node.data.cloud_id),
    isPending: (nodeId !== null && node.isPending) || clouds.isPending,
  }
}

export function useNamedBuild(id: string | null): NamedBuild | null {
  const { client } = useSession()
  const { data: build } = useQuery({ ...buildQuery(client, id ?? ''), enabled: id !== null })
  const { name } = useName(build?.cluster_environment_id ?? null)
  return build === undefined ? null : { build, name }
}
