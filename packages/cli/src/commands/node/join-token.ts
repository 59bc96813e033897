/** `fairlead node join-token`: a token with which one machine joins, once. */
import { connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { printableText } from '../../terminal/printable-text.ts'
import { formatTime } from '../../terminal/units.ts'

export interface JoinTokenFlags extends RemoteFlags {
  readonly cloudName?: string
}

export default async function joinToken(this: CliContext, flags: JoinTokenFlags): Promise<void> {
  const client = await connect(this, flags)
  const cloud = await findCloud(client, flags.cloudName, this.signal)
  const made = await client.clouds.createJoinToken(cloud.id, { signal: this.signal })
  if (flags.json) return printJson(this, made)
  const paint = paintFor(this.stdout, this.env)
  this.stdout.write(
    `A token for one machine of cloud ${paint.bold(cloud.name)}, until ${formatTime(made.expires_at)}, shown this once:\n\n` +
      `${printableText(made.token)}\n\n` +
      `On the machine, run this and paste the token when asked:\n\n  ${printableText(made.command)}\n`,
  )
}
