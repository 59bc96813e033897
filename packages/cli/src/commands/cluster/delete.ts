/** `fairlead cluster delete`: removes a cluster that has ended; its name is free again, and the records of its pulls stay. */
import { connect } from '../../connection/connect.ts'
import { findCluster } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenNameOrId, type NameOrIdFlags } from '../../named.ts'

export default async function remove(
  this: CliContext,
  flags: RemoteFlags & NameOrIdFlags,
  named?: string,
): Promise<void> {
  const by = chosenNameOrId('fairlead cluster delete', flags, named)
  const client = await connect(this, flags)
  const { id, name } = await findCluster(client, by, this.signal)
  await client.clusters.delete(id, { signal: this.signal })
  if (!flags.json) this.stdout.write(`${name} is deleted\n`)
}
