/** The least-privilege policy for the nodes of a cloud: exactly the granted secrets that a cluster environment uses (S13). */
import {
  awsAccessPolicy,
  awsSecretPlace,
  gcpAccessPolicy,
  gcpSecretPlace,
  type AccessPolicy,
} from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'
import { nodeRoleOf } from '@fairlead/contract/wire'
import type { BuildRecord, CloudRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import { requireIdentifiedBuild } from '../store/lookup.ts'
import { lostGrant, requireGranted } from './grant-check.ts'

export interface PolicyQuestion {
  /** `name` or `name:revision`. */
  readonly environment: string
  /** Whether the secrets in the nodes' own account use customer-managed keys. */
  readonly customerKeys: boolean
}

export async function accessPolicyFor(
  reader: Reader,
  cloud: CloudRecord,
  { environment, customerKeys }: PolicyQuestion,
): Promise<AccessPolicy> {
  const named = await requireIdentifiedBuild(reader, environment)
  if (named.cloud_id !== cloud.id) throw problem('CLUSTER_ENV_NOT_FOUND', { name: printable(environment) })
  const secrets = await secretsInUse(reader, cloud, named)
  if (secrets.length === 0 || cloud.provider === 'local') {
    throw problem('POLICY_NOT_NEEDED', { name: printable(environment) })
  }
  return cloud.provider === 'aws' ? forAws(cloud, secrets, customerKeys) : forGcp(cloud, secrets)
}

/** Secrets of the requested build, and of builds of the same environment that clusters run now: their nodes come and go, and read them again. */
async function secretsInUse(reader: Reader, cloud: CloudRecord, named: BuildRecord): Promise<readonly string[]> {
  await requireGranted(reader, cloud, { reference: named.registry_login_secret, image: named.docker_image_name })
  const builds = [named]
  for (const build of await reader.builds.inUse(named.cluster_environment_id)) {
    if ((await lostGrant(reader, build)) === null) builds.push(build)
  }
  return [...new Set(builds.flatMap(({ registry_login_secret: secret }) => (secret === null ? [] : [secret])))]
}

function forAws(cloud: CloudRecord, secrets: readonly string[], customerKeys: boolean): AccessPolicy {
  const role = nodeRoleOf(cloud)
  const { region, account_id: accountId, name } = cloud
  if (region === null || accountId === null || role === null) throw problem('CLOUD_PLACE_UNKNOWN', { name })
  const nodes = { region, accountId, role }
  const places = secrets.map((secret) => awsSecretPlace(secret, nodes)).filter((place) => place !== null)
  return awsAccessPolicy(nodes, places, { customerKeys })
}

function forGcp(cloud: CloudRecord, secrets: readonly string[]): AccessPolicy {
  const serviceAccount = nodeRoleOf(cloud)
  const { project_id: project, name } = cloud
  if (project === null || serviceAccount === null) throw problem('CLOUD_PLACE_UNKNOWN', { name })
  return gcpAccessPolicy(
    serviceAccount,
    secrets.map((secret) => gcpSecretPlace(secret, project)),
  )
}
