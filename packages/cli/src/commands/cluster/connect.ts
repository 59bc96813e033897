/** `fairlead cluster connect`: runs a command with what it needs to reach Ray in a cluster, or prints that for a shell. */
import { rayEnvironment } from '@fairlead/contract/wire'
import { connect as connectTo } from '../../connection/connect.ts'
import { findCluster } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenNameOrId, type NameOrIdFlags } from '../../named.ts'
import { printJson } from '../../print.ts'
import { shellQuote } from '../../terminal/shell-quote.ts'

export interface ConnectFlags extends RemoteFlags, NameOrIdFlags {}

export default async function connect(this: CliContext, flags: ConnectFlags, ...words: string[]): Promise<void> {
  const isNamedByFlag = flags.name !== undefined || flags.id !== undefined
  const by = chosenNameOrId('fairlead cluster connect', flags, isNamedByFlag ? undefined : words[0])
  const command = isNamedByFlag ? words : words.slice(1)
  const client = await connectTo(this, flags)
  const cluster = await findCluster(client, by, this.signal)
  const connection = await client.clusters.connection(cluster.id, { signal: this.signal })
  const environment = rayEnvironment(connection)
  if (command.length > 0) return this.become(command, { ...this.env, ...environment })
  if (flags.json) return printJson(this, connection)
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${shellQuote(value)}\n`)
  this.stdout.write(lines.join(''))
}
