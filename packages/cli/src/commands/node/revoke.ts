/** `fairlead node revoke`: the node's key is invalid from now on. */
import { connect } from '../../connection/connect.ts'
import { findNode } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenName, type NameFlag } from '../../named.ts'
import { printJson } from '../../print.ts'

export default async function revoke(this: CliContext, flags: RemoteFlags & NameFlag, named?: string): Promise<void> {
  const nameOrId = chosenName('fairlead node revoke', flags, named)
  const client = await connect(this, flags)
  const { id } = await findNode(client, nameOrId, this.signal)
  const node = await client.nodes.revoke(id, { signal: this.signal })
  if (flags.json) return printJson(this, node)
  this.stdout.write(`Node ${node.name} is revoked; it gets no more orders.\n`)
}
