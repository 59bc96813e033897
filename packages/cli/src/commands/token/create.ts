/** `fairlead token create`: a token for a person or a program, shown this once. */
import type { Role } from '@fairlead/contract'
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { printableText } from '../../terminal/printable-text.ts'

export interface CreateFlags extends RemoteFlags {
  readonly name: string
  readonly role: Role
}

export default async function create(this: CliContext, flags: CreateFlags): Promise<void> {
  const client = await connect(this, flags)
  const made = await client.apiTokens.create({ name: flags.name, role: flags.role }, { signal: this.signal })
  if (flags.json) return printJson(this, made)
  this.stdout.write(
    `A token named ${made.name} with the role ${made.role}, shown this once:\n\n${printableText(made.token)}\n\n` +
      `Whoever gets it runs: fairlead login --host ${client.origin}\n`,
  )
}
