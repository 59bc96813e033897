/** Finds what a request names, by its id or by `name[:revision]`, or throws that there is none; throws if a name is not free. */
import { BuildId, CloudId, ClusterEnvironmentId, ClusterId, NodeId, TokenId } from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'
import type { z } from 'zod'
import type { BuildRecord } from './records.ts'
import type { NamedKind } from './reader.ts'
import type { Reader } from './store.ts'

export const requireCloud = (reader: Reader, id: string) => byId(reader.clouds, CloudId, id, 'CLOUD_NOT_FOUND')
export const requireEnvironment = (reader: Reader, id: string) =>
  byId(reader.environments, ClusterEnvironmentId, id, 'CLUSTER_ENV_NOT_FOUND')
export const requireBuild = (reader: Reader, id: string) => byId(reader.builds, BuildId, id, 'BUILD_NOT_FOUND')
export const requireCluster = (reader: Reader, id: string) => byId(reader.clusters, ClusterId, id, 'CLUSTER_NOT_FOUND')
export const requireNode = (reader: Reader, id: string) => byId(reader.nodes, NodeId, id, 'NODE_NOT_FOUND')
export const requireToken = (reader: Reader, id: string) => byId(reader.apiTokens, TokenId, id, 'TOKEN_NOT_FOUND')

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

/** Throws NAME_IN_USE. */
export async function requireFreeName(reader: Reader, kind: NamedKind, name: string): Promise<void> {
  if (await reader.nameTaken(kind, name)) throw problem('NAME_IN_USE', { name: printable(name) })
}

type NotFound = `${'CLOUD' | 'CLUSTER_ENV' | 'BUILD' | 'CLUSTER' | 'NODE' | 'TOKEN'}_NOT_FOUND`

async function byId<Id, Item>(
  table: { byId(id: Id): Promise<Item | null> },
  schema: z.ZodType<Id>,
  id: string,
  code: NotFound,
): Promise<Item> {
  const parsed = schema.safeParse(id)
  const found = parsed.success ? await table.byId(parsed.data) : null
  if (found === null) throw problem(code, { name: printable(id) })
  return found
}
