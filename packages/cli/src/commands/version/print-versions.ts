/** `fairlead version`: the version of this command with its commit, and the version of the control plane if one was chosen. */
import { commit, version } from '@fairlead/contract/release'
import { askedOrigin, connectAnonymously } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'

export default async function printVersions(this: CliContext, flags: RemoteFlags): Promise<void> {
  if (!flags.json) this.stdout.write(`client  ${version}${commit === null ? '' : ` (commit ${commit})`}\n`)
  const origin = await askedOrigin(this, flags)
  const client = { client: version, commit }
  if (origin === null) {
    if (flags.json) printJson(this, { ...client, server: null })
    return
  }
  const plane = await connectAnonymously(this, flags)
  const server = await plane.version({ signal: this.signal })
  if (flags.json) return printJson(this, { ...client, server: { origin, version: server } })
  this.stdout.write(`server  ${server} at ${origin}\n`)
}
