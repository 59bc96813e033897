/** How the pages about cluster environments and builds query them: one key for each resource. */
import type { FairleadClient } from '@fairlead/sdk'
import { queryOptions } from '@tanstack/react-query'

export const environmentQuery = (client: FairleadClient, id: string) =>
  queryOptions({
    queryKey: ['cluster-environments', 'one', id],
    queryFn: ({ signal }) => client.clusterEnvironments.get(id, { signal }),
  })

export const buildQuery = (client: FairleadClient, id: string) =>
  queryOptions({
    queryKey: ['builds', 'one', id],
    queryFn: ({ signal }) => client.builds.get(id, { signal }),
  })
