/** The clouds of a token, in words. */
import type { ApiToken } from '@fairlead/contract/wire'
import type { FairleadClient } from '@fairlead/sdk'

/** `all`, or their names. */
export async function reachOf(client: FairleadClient, me: ApiToken, signal: AbortSignal): Promise<string> {
  if (me.cloud_ids === null) return 'all'
  const clouds = await Promise.all(me.cloud_ids.map(async (id) => client.clouds.get(id, { signal })))
  return clouds.map(({ name }) => name).join(', ')
}
