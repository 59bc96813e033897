/** `fairlead logout`: deletes the token from this machine; it stays valid until it is revoked. */
import { chosenOrigin } from '../../connection/connect.ts'
import { readCredentials, writeCredentials } from '../../connection/credentials.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'

export default async function logout(this: CliContext, flags: RemoteFlags): Promise<void> {
  const credentials = await readCredentials(this)
  const origin = chosenOrigin(this, flags, credentials)
  const { [origin]: known, ...others } = credentials.logins
  // No other token replaces it automatically: the next command must not go to a server that the user did not name.
  const current = credentials.current === origin ? null : credentials.current
  if (known) await writeCredentials(this, { current, logins: others })
  if (flags.json) return printJson(this, { origin, logged_out: known !== undefined })
  this.stdout.write(
    known
      ? `Logged out of ${origin}. The token itself stays valid until an admin revokes it.\n`
      : `There was no login for ${origin}.\n`,
  )
  const kept = Object.keys(others)
  if (current === null && kept.length > 0) this.stdout.write(`Still saved, with --host: ${kept.join(', ')}\n`)
}
