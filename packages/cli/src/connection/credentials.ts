/**
 * Who this user is, per control plane: `~/.config/fairlead/credentials.json`, readable only by this user (0600).
 * A token is stored with its origin, and is never sent to another.
 */
import { problem } from '@fairlead/contract/problems'
import { userFolder } from '@fairlead/credential-path/process/home-folder'
import { readIfThere } from '@fairlead/credential-path/process/regular-file'
import { join } from 'node:path'
import { z } from 'zod'
import type { CliContext } from '../context.ts'

const Login = z.object({
  token: z.string().max(512),
  ca_file: z.string().max(4096).nullable(),
  /** The ID of the user that served there at login, if it was seen: on loopback, over plain HTTP. */
  server_user: z.int().nonnegative().nullable().default(null),
  /** When the session ends, if signing in made the token; logging out ends it earlier. */
  session_until: z.iso.datetime().nullable().default(null),
})

const Credentials = z.object({
  /** The control plane to use when none is named. */
  current: z.string().nullable(),
  logins: z.record(z.string(), Login),
})
export type Login = z.infer<typeof Login>
export type Credentials = z.infer<typeof Credentials>

const none: Credentials = { current: null, logins: {} }

export function credentialsPath(context: CliContext): string {
  const folder = userFolder(context.env['XDG_CONFIG_HOME'], context.home, '.config')
  return join(folder, 'fairlead', 'credentials.json')
}

export async function readCredentials(context: CliContext): Promise<Credentials> {
  const path = credentialsPath(context)
  const text = await readIfThere(path)
  if (text === null) return none
  const parsed = Credentials.safeParse(parseJson(text))
  if (!parsed.success) {
    throw problem('CONFIG_FILE_UNREADABLE', {
      path,
      reason: 'it is not what `fairlead login` writes; remove it and log in',
    })
  }
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
