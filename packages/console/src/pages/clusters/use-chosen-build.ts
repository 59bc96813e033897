/** What `NAME` or `NAME:REVISION` names: the environment, its builds, and the one that a start would take. */
import type { Build, ClusterEnvironment } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { namedEnvironmentQuery } from '../../queries/resource-queries.ts'
import { useSession } from '../../session/session.tsx'
import { canStart, chooseBuild, splitIdentifier } from './builds-to-start.ts'

export interface ChosenBuild {
  readonly environment: ClusterEnvironment | null
  /** Newest first. */
  readonly builds: readonly Build[]
  readonly build: Build | null
  readonly canStart: boolean
  /** The build's `NAME:REVISION`. */
  readonly identifier: string | null
  readonly isPending: boolean
  /** Nothing has that name or that revision. */
  readonly isUnknown: boolean
  readonly error: Error | null
}

const mostBuilds = 1000
const none: readonly Build[] = []

export function useChosenBuild(identifier: string): ChosenBuild {
  const { client } = useSession()
  const { name, revision } = splitIdentifier(identifier)
  const found = useQuery({ ...namedEnvironmentQuery(client, { name }), enabled: name !== '' })
  const environment = found.data ?? null
  const id = environment?.id ?? ''
  const listed = useQuery({
    queryKey: ['builds', 'of', id],
    queryFn: ({ signal }) => client.builds.list(id, { signal }).take(mostBuilds),
    enabled: id !== '',
  })
  const builds = listed.data?.results ?? none
  const build = chooseBuild(builds, revision)
  const isPending = found.isLoading || listed.isLoading
  return {
    environment,
    builds,
    build,
    canStart: build !== null && canStart(build),
    identifier: build && environment && `${environment.name}:${build.revision}`,
    isPending,
    isUnknown: name !== '' && !isPending && build === null,
    error: found.error ?? listed.error,
  }
}
