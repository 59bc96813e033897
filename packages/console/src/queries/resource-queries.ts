/** What several pages ask. A question has one key, with everything that it asks: one page has what another fetched, and never the answer to something else. */
import type { FairleadClient } from '@fairlead/sdk'
import { queryOptions } from '@tanstack/react-query'

const mostNodes = 500
const mostGrants = 2000

export const environmentQuery = (client: FairleadClient, id: string) =>
  queryOptions({
    queryKey: ['cluster-environments', 'one', id],
    queryFn: ({ signal }) => client.clusterEnvironments.get(id, { signal }),
  })

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
  queryOptions({
    queryKey: ['builds', 'one', id],
    queryFn: ({ signal }) => client.builds.get(id, { signal }),
  })

export const clusterQuery = (client: FairleadClient, id: string) =>
  queryOptions({
    queryKey: ['clusters', 'one', id],
    queryFn: ({ signal }) => client.clusters.get(id, { signal }),
  })

export const nodeQuery = (client: FairleadClient, id: string) =>
  queryOptions({
    queryKey: ['nodes', 'one', id],
    queryFn: ({ signal }) => client.nodes.get(id, { signal }),
  })

export const nodesOfCloudQuery = (client: FairleadClient, cloudId: string) =>
  queryOptions({
    queryKey: ['nodes', 'of-cloud', cloudId],
    queryFn: ({ signal }) => client.nodes.list({ cloud_id: cloudId }, { signal }).take(mostNodes),
  })

export const cloudQuery = (client: FairleadClient, id: string) =>
  queryOptions({
    queryKey: ['clouds', 'one', id],
    queryFn: ({ signal }) => client.clouds.get(id, { signal }),
  })

/** All, since any of them may cover a reference. */
export const grantsQuery = (client: FairleadClient, cloudId: string) =>
  queryOptions({
    queryKey: ['clouds', 'grants', cloudId],
    queryFn: ({ signal }) => client.clouds.grants(cloudId, { signal }).take(mostGrants),
  })
