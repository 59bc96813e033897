/** `fairlead whoami`: which control plane, and who you are there, with which role and limits. */
import { connect } from '../../connection/connect.ts'
import { credentialsPath } from '../../connection/credentials.ts'
import { reachOf } from '../../connection/reach.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatDetails } from '../../terminal/table.ts'
import { formatAge, formatTime } from '../../terminal/units.ts'

export default async function whoami(this: CliContext, flags: RemoteFlags): Promise<void> {
  const client = await connect(this, flags)
  const me = await client.apiTokens.me({ signal: this.signal })
  if (flags.json) return printJson(this, { origin: client.origin, ...me })
  const details = [
    ['control plane', client.origin],
    [me.identity === null ? 'token' : 'signed in as', me.name],
    ['known to', me.identity === null ? null : (URL.parse(me.identity.issuer)?.host ?? null)],
    ['role', me.role],
    ['clouds', await reachOf(client, me, this.signal)],
    ['kept in', this.env['FAIRLEAD_TOKEN'] ? 'FAIRLEAD_TOKEN' : credentialsPath(this)],
    ['created', formatAge(me.created_at, this.clock.now())],
    ['valid until', me.expires_at === null ? null : formatTime(me.expires_at)],
    ['id', me.id],
  ] as const
  this.stdout.write(formatDetails(details, paintFor(this.stdout, this.env)))
}
