/** A cloud, line by line. */
import { nodeRoleOf, type Cloud } from '@fairlead/contract/wire'
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
      ['node role', nodeRoleOf(cloud)],
      ['nodes join', cloud.join === 'proof' ? 'by proof of what they are' : 'by token'],
      ['secrets', cloud.allow_any_secret ? 'any' : 'only those that are granted'],
      ['id', cloud.id],
    ],
    paintFor(context.stdout, context.env),
  )
}
