/** `fairlead cloud reset-role`. */
import { connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenName, type NameFlag } from '../../named.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'

export default async function resetRole(
  this: CliContext,
  flags: RemoteFlags & NameFlag,
  named?: string,
): Promise<void> {
  const name = chosenName('fairlead cloud reset-role', flags, named)
  const client = await connect(this, flags)
  const { id } = await findCloud(client, name, this.signal)
  const cloud = await client.clouds.resetRole(id, { signal: this.signal })
  if (flags.json) return printJson(this, cloud)
  const paint = paintFor(this.stdout, this.env)
  this.stdout.write(`The next node that joins ${paint.bold(cloud.name)} decides which role its nodes have\n`)
}
