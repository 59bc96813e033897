/** `fairlead token create`: a token for a person or a program, shown only once. */
import type { Cloud, Role } from '@fairlead/contract/wire'
import { printableText } from '@fairlead/contract/problems'
import { chosenLogin, connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenName, type NameFlag } from '../../named.ts'
import { printJson } from '../../print.ts'
import { shellCommand } from '../../terminal/shell-quote.ts'
import { formatTime } from '../../terminal/units.ts'

export interface CreateFlags extends RemoteFlags, NameFlag {
  readonly role: Role
  readonly cloudName?: readonly string[]
  /** In milliseconds. */
  readonly expiresIn?: number
}

export default async function create(this: CliContext, flags: CreateFlags, named?: string): Promise<void> {
  const name = chosenName('fairlead token create', flags, named)
  const client = await connect(this, flags)
  const clouds: Cloud[] = []
  for (const name of flags.cloudName ?? []) clouds.push(await findCloud(client, name, this.signal))
  const cloudIds = clouds.map((cloud) => cloud.id)
  const made = await client.apiTokens.create(
    {
      name,
      role: flags.role,
      ...(cloudIds.length > 0 && { cloud_ids: cloudIds }),
      ...(flags.expiresIn !== undefined && {
        expires_at: new Date(this.clock.now() + flags.expiresIn).toISOString(),
      }),
    },
    { signal: this.signal },
  )
  if (flags.json) return printJson(this, made)
  const reach = clouds.length === 0 ? '' : ` in ${clouds.map((cloud) => cloud.name).join(', ')} only`
  const end = made.expires_at === null ? '' : `, valid until ${formatTime(made.expires_at)}`
  const { origin, caFile } = await chosenLogin(this, flags)
  const use = shellCommand('fairlead', 'login', '--host', origin, ...(caFile === null ? [] : ['--ca-file', caFile]))
  this.stdout.write(
    `A token named ${made.name} with the role ${made.role}${reach}${end}, shown this once:\n\n${printableText(made.token)}\n\n` +
      `To use it, run: ${use}\n`,
  )
}
