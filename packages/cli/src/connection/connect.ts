/** From flags, environment and credentials to a client: which control plane, as which user, with which CA. */
import { trustedControlPlane, type JudgeUser } from '@fairlead/credential-path/loopback'
import { problem } from '@fairlead/contract/problems'
import { FairleadClient, parseOrigin, type Fetch } from '@fairlead/sdk'
import { resolve } from 'node:path'
import type { CliContext } from '../context.ts'
import type { RemoteFlags } from '../flags.ts'
import { readCredentials, type Credentials } from './credentials.ts'
import { fetchInPlain } from './plain-fetch.ts'

/** Where `fairlead serve` listens by default. */
export const defaultHost = 'http://127.0.0.1:8470'

export async function connect(context: CliContext, flags: RemoteFlags): Promise<FairleadClient> {
  const credentials = await readCredentials(context)
  const origin = chosenOrigin(context, flags, credentials)
  // A mounted secret often ends with a newline.
  const token = context.env['FAIRLEAD_TOKEN']?.trim() || credentials.logins[origin]?.token
  if (token === undefined) throw problem('TOKEN_MISSING', { host: origin })
  // No header can hold it, which would look like a server that does not answer.
  if (!/^[!-~]+$/.test(token)) throw problem('TOKEN_INVALID')
  const fetch = await knownFetch(context, flags, origin, credentials)
  return new FairleadClient({ host: origin, token, fetch })
}

/** With the token that is stored for this control plane, whatever FAIRLEAD_TOKEN says; null if none is. */
export async function connectAsStored(context: CliContext, flags: RemoteFlags): Promise<FairleadClient | null> {
  const credentials = await readCredentials(context)
  const origin = chosenOrigin(context, flags, credentials)
  const token = credentials.logins[origin]?.token
  if (token === undefined) return null
  const fetch = await knownFetch(context, flags, origin, credentials)
  return new FairleadClient({ host: origin, token, fetch })
}

/** For what the control plane says to any caller. */
export async function connectAnonymously(context: CliContext, flags: RemoteFlags): Promise<FairleadClient> {
  const credentials = await readCredentials(context)
  const origin = chosenOrigin(context, flags, credentials)
  const fetch = await knownFetch(context, flags, origin, credentials)
  return new FairleadClient({ host: origin, fetch })
}

/** Uses the token stored for this server, if there is one. */
function knownFetch(context: CliContext, flags: RemoteFlags, origin: string, { logins }: Credentials): Promise<Fetch> {
  const { ca_file: saved = null, server_user: user = null } = logins[origin] ?? {}
  const judgeUser = trustedControlPlane(addressOf(origin), user)
  return chosenFetch(context, { origin, caFile: chosenCaFile(context, flags, origin, saved), judgeUser })
}

/** Null if no login, flag or environment variable chose a control plane. */
export async function askedOrigin(context: CliContext, flags: RemoteFlags): Promise<string | null> {
  const credentials = await readCredentials(context)
  const isChosen = flags.host !== undefined || context.env['FAIRLEAD_HOST'] || credentials.current !== null
  return isChosen ? chosenOrigin(context, flags, credentials) : null
}

export function chosenOrigin(context: CliContext, flags: RemoteFlags, credentials: Credentials): string {
  return parseOrigin(flags.host ?? (context.env['FAIRLEAD_HOST'] || (credentials.current ?? defaultHost)))
}

/** Throws USAGE if the command line names one for plain http, which would not use it. */
export function chosenCaFile(
  context: CliContext,
  flags: RemoteFlags,
  host: string,
  saved: string | null,
): string | null {
  if (flags.caFile !== undefined && /^http:/i.test(host)) {
    throw problem('USAGE', { reason: '--ca-file is for https, and the host is plain http' })
  }
  const named = flags.caFile ?? (context.env['FAIRLEAD_CA_FILE'] || saved)
  return named === null ? null : resolve(context.cwd, named)
}

export interface ChosenServer {
  readonly origin: string
  readonly caFile: string | null
  readonly judgeUser: JudgeUser
}

export async function chosenFetch(context: CliContext, { origin, caFile, judgeUser }: ChosenServer): Promise<Fetch> {
  if (context.fetch) return context.fetch
  if (origin.startsWith('http:')) return fetchInPlain(judgeUser)
  const { believeSystem, fetchOverTls, fetchWithCa } = await import('./private-ca.ts')
  if (caFile !== null) return fetchWithCa(caFile)
  await believeSystem(context.env)
  return fetchOverTls(null)
}

/** host[:port] */
export function addressOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2)
}
