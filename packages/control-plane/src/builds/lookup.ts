/** Finds environments and builds by id, by name, and by `name[:revision]`. */
import { BuildId, ClusterEnvironmentId } from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'
import type { BuildRecord, EnvironmentRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'

export async function requireEnvironment(reader: Reader, id: string): Promise<EnvironmentRecord> {
  const parsed = ClusterEnvironmentId.safeParse(id)
  const found = parsed.success ? await reader.environments.byId(parsed.data) : null
  if (found === null) throw problem('CLUSTER_ENV_NOT_FOUND', { name: printable(id) })
  return found
}

export async function requireBuild(reader: Reader, id: string): Promise<BuildRecord> {
  const parsed = BuildId.safeParse(id)
  const found = parsed.success ? await reader.builds.byId(parsed.data) : null
  if (found === null) throw problem('BUILD_NOT_FOUND', { name: printable(id) })
  return found
}

/** `name` is the newest build, `name:2` a specific revision. */
export async function requireIdentifiedBuild(reader: Reader, identifier: string): Promise<BuildRecord> {
  const [name = '', revision] = identifier.split(':')
  const environment = await reader.environments.byName(name)
  if (environment === null) throw problem('CLUSTER_ENV_NOT_FOUND', { name: printable(name) })
  const build = await reader.builds.byRevision(
    environment.id,
    revision === undefined ? environment.latest_revision : Number(revision),
  )
  if (build === null) throw problem('BUILD_NOT_FOUND', { name: printable(identifier) })
  return build
}
