/** `fairlead policy`: the least privilege that lets the nodes of a cloud read the secrets of a cluster environment. */
import { gcloudCommand, type AccessPolicy } from '@fairlead/contract/names'
import { connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { UsageError } from '../../usage-error.ts'
import { terraformText } from './terraform-text.ts'

export interface PolicyFlags extends RemoteFlags {
  readonly clusterEnv: string
  readonly cloudName?: string
  readonly format: 'json' | 'terraform' | 'gcloud'
  readonly customerKeys?: boolean
}

export default async function policy(this: CliContext, flags: PolicyFlags): Promise<void> {
  const client = await connect(this, flags)
  const options = { signal: this.signal }
  const cloud =
    flags.cloudName === undefined
      ? await client.clouds.get((await client.builds.find(flags.clusterEnv, options)).cloud_id, options)
      : await findCloud(client, flags.cloudName, this.signal)
  if (flags.format === 'gcloud' && cloud.provider !== 'gcp') {
    throw new UsageError('--format gcloud is for clouds of provider gcp', 'fairlead policy')
  }
  const query = { cluster_environment: flags.clusterEnv, customer_keys: flags.customerKeys === true }
  const found = await client.clouds.policy(cloud.id, query, options)
  if (flags.format === 'json') printJson(this, found)
  else this.stdout.write(flags.format === 'terraform' ? terraformText(found) : gcloudText(found))
}

/** The commands that grant it. */
export function gcloudText(policy: AccessPolicy): string {
  return policy.provider === 'gcp' ? policy.bindings.map((binding) => `${gcloudCommand(binding)}\n`).join('') : ''
}
