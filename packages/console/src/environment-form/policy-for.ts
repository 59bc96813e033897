/** What a cloud's nodes must be allowed to do for one secret, before anything is created: uses the server's functions. */
import {
  awsAccessPolicy,
  awsSecretPlace,
  gcpAccessPolicy,
  gcpSecretPlace,
  type AccessPolicy,
} from '@fairlead/contract/names'
import { nodeRoleOf, type Cloud } from '@fairlead/contract/wire'

/** `text` is a reference of this provider. Null if no policy is needed, or the cloud's location is unknown. */
export function policyFor(text: string, cloud: Cloud, customerKeys: boolean): AccessPolicy | null {
  const role = nodeRoleOf(cloud)
  if (role === null) return null
  if (cloud.provider === 'gcp') {
    return cloud.project_id === null ? null : gcpAccessPolicy(role, [gcpSecretPlace(text, cloud.project_id)])
  }
  if (cloud.provider !== 'aws' || cloud.region === null || cloud.account_id === null) return null
  const nodes = { region: cloud.region, accountId: cloud.account_id, role }
  const secret = awsSecretPlace(text, nodes)
  return secret === null ? null : awsAccessPolicy(nodes, [secret], { customerKeys })
}
