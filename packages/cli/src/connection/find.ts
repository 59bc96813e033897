/** From a name that a person types to the resource, or the problem that says it does not exist. */
import { problem } from '@fairlead/contract/problems'
import { type Build, type Cloud, type Cluster, type ClusterEnvironment, type Node } from '@fairlead/contract/wire'
import type { FairleadClient } from '@fairlead/sdk'
import type { NameOrId } from '../named.ts'

/** The named cloud, or the only one. */
export async function findCloud(client: FairleadClient, name: string | undefined, signal: AbortSignal): Promise<Cloud> {
  if (name !== undefined) {
    const id = /^cld_[0-9a-z]{26}$/.test(name)
    const found = id
      ? await client.clouds.get(name, { signal })
      : await client.clouds.list({ name }, { signal }).first()
    if (!found) throw problem('CLOUD_NOT_FOUND', { name })
    return found
  }
  const { results } = await client.clouds.list({}, { signal }).take(2)
  const [only, second] = results
  if (!only) throw problem('CLOUD_MISSING')
  if (!second) return only
  const all = await client.clouds.list({}, { signal }).take(1000)
  throw problem('CLOUD_REQUIRED', { count: all.results.length })
}

export async function findCluster(client: FairleadClient, by: NameOrId, signal: AbortSignal): Promise<Cluster> {
  if (by.name === undefined) return client.clusters.get(by.id, { signal })
  const found = await client.clusters.list({ name: by.name }, { signal }).first()
  if (!found) throw problem('CLUSTER_NOT_FOUND', { name: by.name })
  return found
}

export async function findClusterEnvironment(
  client: FairleadClient,
  by: NameOrId,
  signal: AbortSignal,
): Promise<ClusterEnvironment> {
  if (by.name === undefined) return client.clusterEnvironments.get(by.id, { signal })
  const query = { name: by.name, include_archived: true }
  const found = await client.clusterEnvironments.list(query, { signal }).first()
  if (!found) throw problem('CLUSTER_ENV_NOT_FOUND', { name: by.name })
  return found
}

/** `NAME[:REVISION]`, the newest if no revision is given, or the build's ID. */
export async function findBuild(client: FairleadClient, nameOrId: string, signal: AbortSignal): Promise<Build> {
  const isId = /^bld_[0-9a-z]{26}$/.test(nameOrId)
  return isId ? client.builds.get(nameOrId, { signal }) : client.builds.find(nameOrId, { signal })
}

export async function findNode(client: FairleadClient, nameOrId: string, signal: AbortSignal): Promise<Node> {
  if (/^node_[0-9a-z]{26}$/.test(nameOrId)) return client.nodes.get(nameOrId, { signal })
  for await (const node of client.nodes.list({ name: nameOrId }, { signal })) {
    if (node.name === nameOrId) return node
  }
  throw problem('NODE_NOT_FOUND', { name: nameOrId })
}
