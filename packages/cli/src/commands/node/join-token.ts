/** `fairlead node join-token`: what to type on a machine so that it joins, with a token if its cloud proves no identity. */
import type { Cloud } from '@fairlead/contract/wire'
import { printableText } from '@fairlead/contract/problems'
import { chosenPlace } from '../../connection/chosen-place.ts'
import { connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatTime } from '../../terminal/units.ts'

export interface JoinTokenFlags extends RemoteFlags {
  readonly cloudName?: string
}

export default async function joinToken(this: CliContext, flags: JoinTokenFlags): Promise<void> {
  const client = await connect(this, flags)
  const cloud = await findCloud(client, flags.cloudName, this.signal)
  const paint = paintFor(this.stdout, this.env)
  if (cloud.join === 'proof') {
    const command = await provenJoinCommand(this, flags, cloud)
    if (flags.json) return printJson(this, { cloud_id: cloud.id, token: null, command })
    this.stdout.write(
      `Machines of cloud ${paint.bold(cloud.name)} need no token: they join by cloud identity. Run this on the machine:\n\n  ${printableText(command)}\n`,
    )
    return
  }
  const made = await client.clouds.createJoinToken(cloud.id, { signal: this.signal })
  if (flags.json) return printJson(this, made)
  this.stdout.write(
    `A token for one machine of cloud ${paint.bold(cloud.name)}, until ${formatTime(made.expires_at)}, shown this once:\n\n` +
      `${printableText(made.token)}\n\n` +
      `On the machine, run this and paste the token when asked:\n\n  ${printableText(made.command)}\n`,
  )
}

async function provenJoinCommand(context: CliContext, flags: RemoteFlags, cloud: Cloud): Promise<string> {
  const { origin, caSha256 } = await chosenPlace(context, flags)
  const command = `fairlead agent join --host ${origin} --provider ${cloud.provider} --cloud ${cloud.name}`
  return caSha256 === null ? command : `${command} --ca-sha256 ${caSha256}`
}
