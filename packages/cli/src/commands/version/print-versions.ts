/** `fairlead version`: the version of this command, and of the control plane if one was chosen. */
import { askedOrigin, connectAnonymously } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { cliVersion } from '../../version.ts'

export default async function printVersions(this: CliContext, flags: RemoteFlags): Promise<void> {
  if (!flags.json) this.stdout.write(`client  ${cliVersion}\n`)
  const origin = await askedOrigin(this, flags)
  if (origin === null) {
    if (flags.json) printJson(this, { client: cliVersion, server: null })
    return
  }
  const client = await connectAnonymously(this, flags)
  const server = await client.version({ signal: this.signal })
  if (flags.json) return printJson(this, { client: cliVersion, server: { origin, version: server } })
  this.stdout.write(`server  ${server} at ${origin}\n`)
}
