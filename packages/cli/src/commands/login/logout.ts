/** `fairlead logout`: ends a session, and deletes the token from this machine; a token that was not made by signing in stays valid. */
import { isProblem } from '@fairlead/contract/problems'
import { chosenLogin, clientWith, type ChosenLogin } from '../../connection/connect.ts'
import type { Credentials } from '../../connection/credentials.ts'
import { updateCredentials } from '../../connection/update-credentials.ts'
import { Interrupted, type CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { formatTime } from '../../terminal/units.ts'

export default async function logout(this: CliContext, flags: RemoteFlags): Promise<void> {
  const chosen = await chosenLogin(this, flags)
  const { origin, login, credentials } = chosen
  const sessionUntil = login?.session_until ?? null
  const isEnded = sessionUntil !== null && (await isSessionEnded(this, chosen))
  const { current, logins } = login ? await updateCredentials(this, (stored) => without(origin, stored)) : credentials
  if (flags.json) return printJson(this, { origin, logged_out: login !== undefined, session_ended: isEnded })
  this.stdout.write(
    login ? `Logged out of ${origin}. ${restText(sessionUntil, isEnded)}\n` : `There was no login for ${origin}.\n`,
  )
  const kept = Object.keys(logins)
  if (current === null && kept.length > 0) this.stdout.write(`Still saved, with --host: ${kept.join(', ')}\n`)
}

/** No other token replaces it automatically: the next command must not go to a server that the user did not name. */
function without(origin: string, { current, logins }: Credentials): Credentials {
  const { [origin]: _ended, ...others } = logins
  return { current: current === origin ? null : current, logins: others }
}

function restText(sessionUntil: string | null, isEnded: boolean): string {
  if (sessionUntil === null) return 'The token itself stays valid until it expires or an admin revokes it.'
  if (isEnded) return 'The session has ended.'
  return `The control plane could not be told: the session ends at ${formatTime(sessionUntil)}.`
}

/** Whether the control plane refuses it from now on. */
async function isSessionEnded(context: CliContext, chosen: ChosenLogin): Promise<boolean> {
  try {
    // The token that is forgotten here, whatever FAIRLEAD_TOKEN says.
    const client = await clientWith(context, chosen, chosen.login?.token)
    await client.apiTokens.signOut({ signal: context.signal })
    return true
  } catch (error) {
    if (error instanceof Interrupted) throw error
    return isProblem(error, 'TOKEN_EXPIRED') || isProblem(error, 'TOKEN_INVALID')
  }
}
