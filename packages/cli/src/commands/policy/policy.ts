/** `fairlead policy`: the least privilege that lets the nodes of a cloud read the secrets of a cluster environment, and what has it. */
import { connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { UsageError } from '../../usage-error.ts'
import type { AccessSubject } from './access-subject.ts'
import { awsText } from './aws-text.ts'
import { gcloudText } from './gcloud-text.ts'
import { terraformText } from './terraform-text.ts'

export interface PolicyFlags extends RemoteFlags {
  readonly clusterEnv: string
  readonly cloudName?: string
  readonly format: 'json' | 'aws' | 'gcloud' | 'terraform'
  readonly existing?: boolean
  readonly customerKeys?: boolean
}

/** The provider that a format is for; terraform and json are for both. */
const formatOf = { aws: 'aws', gcloud: 'gcp' } as const

export default async function policy(this: CliContext, flags: PolicyFlags): Promise<void> {
  const client = await connect(this, flags)
  const options = { signal: this.signal }
  const cloud =
    flags.cloudName === undefined
      ? await client.clouds.get((await client.builds.find(flags.clusterEnv, options)).cloud_id, options)
      : await findCloud(client, flags.cloudName, this.signal)
  const { format } = flags
  if ((format === 'aws' || format === 'gcloud') && cloud.provider !== formatOf[format]) {
    throw new UsageError(`--format ${format} is for clouds of provider ${formatOf[format]}`, 'fairlead policy')
  }
  const query = { cluster_environment: flags.clusterEnv, customer_keys: flags.customerKeys === true }
  const found = await client.clouds.policy(cloud.id, query, options)
  if (format === 'json') return printJson(this, found)
  this.stdout.write(setupText(format, { policy: found, exists: flags.existing === true }))
}

function setupText(format: 'aws' | 'gcloud' | 'terraform', subject: AccessSubject): string {
  const { policy } = subject
  if (format === 'terraform') return terraformText(subject)
  return policy.provider === 'aws' ? awsText({ ...subject, policy }) : gcloudText({ ...subject, policy })
}
