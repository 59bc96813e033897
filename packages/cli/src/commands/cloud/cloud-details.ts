/** What is known of a cloud: one fact per line. */
import type { Cloud, KubernetesCluster } from '@fairlead/contract/wire'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatDetails } from '../../terminal/table.ts'

export function cloudDetails(context: CliContext, cloud: Cloud): string {
  return formatDetails(
    [
      ['provider', cloud.provider],
      ['region', cloud.region],
      ['account', cloud.account_id],
      ['project', cloud.project_id],
      ['node role', cloud.node_role],
      ['nodes join', cloud.join === 'proof' ? 'by cloud identity' : 'by token'],
      ['pods of', cloud.kubernetes && cloud.kubernetes.issuer],
      ['service accounts', cloud.kubernetes && cloud.kubernetes.service_accounts.join(' ')],
      ['keys', cloud.kubernetes && keysText(cloud.kubernetes)],
      ['new images', cloud.prefetch ? 'prefetched by idle nodes' : 'pulled when a cluster starts'],
      ['secrets', cloud.allow_any_secret ? 'any' : 'only granted ones'],
      ['id', cloud.id],
    ],
    paintFor(context.stdout, context.env),
  )
}

function keysText({ keys }: KubernetesCluster): string {
  return keys === null ? 'fetched from the issuer' : keys.map(({ kid }) => kid).join(' ')
}
