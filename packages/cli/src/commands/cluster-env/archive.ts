/** `fairlead cluster-env archive`: deletes nothing, but no cluster can start from it any more. */
import { connect } from '../../connection/connect.ts'
import { findClusterEnvironment } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenNameOrId, type NameOrIdFlags } from '../../named.ts'
import { printJson } from '../../print.ts'

export interface ArchiveFlags extends RemoteFlags, NameOrIdFlags {}

export default async function archive(this: CliContext, flags: ArchiveFlags, named?: string): Promise<void> {
  const by = chosenNameOrId('fairlead cluster-env archive', flags, named)
  const client = await connect(this, flags)
  const { id } = await findClusterEnvironment(client, by, this.signal)
  const environment = await client.clusterEnvironments.archive(id, { signal: this.signal })
  if (flags.json) return printJson(this, environment)
  this.stdout.write(`${environment.name} is archived; no more clusters can start from it. Running clusters continue.\n`)
}
