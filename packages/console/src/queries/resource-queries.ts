/** What several pages ask. A question has one key, with everything that it asks: one page has what another fetched, and never the answer to something else. */
import type { FairleadClient } from '@fairlead/sdk'
import { queryOptions } from '@tanstack/react-query'

const mostNodes = 500
const mostGrants = 2000

const oneQuery = <Found>(kind: string, id: string, get: (options: { signal: AbortSignal }) => Promise<Found>) =>
  queryOptions({ queryKey: [kind, 'one', id], queryFn: ({ signal }) => get({ signal }) })

export const environmentQuery = (client: FairleadClient, id: string) =>
  oneQuery('cluster-environments', id, (options) => client.clusterEnvironments.get(id, options))

/** Without `include_archived`, the one that clusters can start from. */
export const namedEnvironmentQuery = (
  client: FairleadClient,
  asked: { readonly name: string; readonly include_archived?: boolean },
) =>
  queryOptions({
    queryKey: ['cluster-environments', 'named', asked],
    queryFn: ({ signal }) => client.clusterEnvironments.list(asked, { signal }).first(),
  })

export const buildQuery = (client: FairleadClient, id: string) =>
  oneQuery('builds', id, (options) => client.builds.get(id, options))

export const clusterQuery = (client: FairleadClient, id: string) =>
  oneQuery('clusters', id, (options) => client.clusters.get(id, options))

export const nodeQuery = (client: FairleadClient, id: string) =>
  oneQuery('nodes', id, (options) => client.nodes.get(id, options))

export const nodesOfCloudQuery = (client: FairleadClient, cloudId: string) =>
  queryOptions({
    queryKey: ['nodes', 'of-cloud', cloudId],
    queryFn: ({ signal }) => client.nodes.list({ cloud_id: cloudId }, { signal }).take(mostNodes),
  })

export const cloudQuery = (client: FairleadClient, id: string) =>
  oneQuery('clouds', id, (options) => client.clouds.get(id, options))

/** All, since any of them may cover a reference. */
export const grantsQuery = (client: FairleadClient, cloudId: string) =>
  queryOptions({
    queryKey: ['clouds', 'grants', cloudId],
    queryFn: ({ signal }) => client.clouds.grants(cloudId, { signal }).take(mostGrants),
  })
