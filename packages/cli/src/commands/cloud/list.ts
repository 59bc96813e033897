/** `fairlead cloud list`. */
import { nodeRoleOf } from '@fairlead/contract/wire'
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { ListFlags } from '../../flags.ts'
import { printList } from '../../print.ts'

export default async function list(this: CliContext, flags: ListFlags): Promise<void> {
  const client = await connect(this, flags)
  const clouds = await client.clouds.list({}, { signal: this.signal }).take(flags.maxItems)
  printList(this, flags, clouds, {
    headers: ['NAME', 'PROVIDER', 'REGION', 'ACCOUNT', 'NODE ROLE', 'SECRETS', 'ID'],
    row: (cloud) => [
      cloud.name,
      cloud.provider,
      cloud.region ?? '',
      cloud.account_id ?? cloud.project_id ?? '',
      nodeRoleOf(cloud) ?? '',
      cloud.allow_any_secret ? 'any' : 'granted',
      cloud.id,
    ],
    empty: 'No clouds yet. Create one: fairlead cloud create -n NAME --provider aws|gcp|local',
  })
}
