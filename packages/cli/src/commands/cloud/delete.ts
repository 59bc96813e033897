/** `fairlead cloud delete`. */
import { connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenName, type NameFlag } from '../../named.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'

export default async function deleteCloud(
  this: CliContext,
  flags: RemoteFlags & NameFlag,
  named?: string,
): Promise<void> {
  const name = chosenName('fairlead cloud delete', flags, named)
  const client = await connect(this, flags)
  const cloud = await findCloud(client, name, this.signal)
  await client.clouds.delete(cloud.id, { signal: this.signal })
  if (flags.json) return printJson(this, cloud)
  this.stdout.write(`Cloud ${paintFor(this.stdout, this.env).bold(cloud.name)} is deleted\n`)
}
