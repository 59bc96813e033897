/** Selects the cloud: the named one, or else the only one. */
import { CloudId, type SecretContext } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import type { CloudRecord } from '../store/records.ts'
import { requireCloud } from '../store/lookup.ts'
import type { Reader } from '../store/store.ts'

/** The cloud in which a request creates something. One out of reach is rejected the same way whether or not it exists. */
export async function requireReachable(reader: Reader, id: string): Promise<CloudRecord> {
  const parsed = CloudId.safeParse(id)
  if (parsed.success && !reader.mayReach(parsed.data)) throw problem('TOKEN_LIMITED_TO_CLOUDS')
  return requireCloud(reader, id)
}

export async function chooseCloud(reader: Reader, id: string | undefined): Promise<CloudRecord> {
  if (id !== undefined) return requireReachable(reader, id)
  const count = await reader.clouds.count()
  const [only] = await reader.clouds.list({}, { before: null, limit: 1 })
  if (only === undefined) throw problem('CLOUD_MISSING')
  if (count > 1) throw problem('CLOUD_REQUIRED', { count })
  return only
}

/** What is known about the nodes of a cloud, which determines how a bare secret name is read there. */
export function secretContextOf(cloud: CloudRecord): SecretContext {
  return {
    partition: cloud.partition ?? undefined,
    region: cloud.region ?? undefined,
    accountId: cloud.account_id ?? undefined,
    projectId: cloud.project_id ?? undefined,
    projectNumber: cloud.project_number ?? undefined,
  }
}
