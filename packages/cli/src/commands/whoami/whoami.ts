/** `fairlead whoami`: which control plane, and whose token with which role and limits. */
import type { ApiToken } from '@fairlead/contract/wire'
import type { FairleadClient } from '@fairlead/sdk'
import { connect } from '../../connection/connect.ts'
import { credentialsPath } from '../../connection/credentials.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatDetails } from '../../terminal/table.ts'
import { formatAge, formatTime } from '../../terminal/units.ts'

export default async function whoami(this: CliContext, flags: RemoteFlags): Promise<void> {
  const client = await connect(this, flags)
  const me = await client.apiTokens.me({ signal: this.signal })
  if (flags.json) return printJson(this, { origin: client.origin, ...me })
  const reach = me.cloud_ids === null ? 'all' : (await cloudNames(client, me.cloud_ids, this.signal)).join(', ')
  const details = [
    ['control plane', client.origin],
    ['token', me.name],
    ['role', me.role],
    ['clouds', reach],
    ['kept in', this.env['FAIRLEAD_TOKEN'] ? 'FAIRLEAD_TOKEN' : credentialsPath(this)],
    ['created', formatAge(me.created_at, this.clock.now())],
    ['valid until', me.expires_at === null ? null : formatTime(me.expires_at)],
    ['id', me.id],
  ] as const
  this.stdout.write(formatDetails(details, paintFor(this.stdout, this.env)))
}

async function cloudNames(
  client: FairleadClient,
  ids: NonNullable<ApiToken['cloud_ids']>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return Promise.all(ids.map(async (id) => (await client.clouds.get(id, { signal })).name))
}
