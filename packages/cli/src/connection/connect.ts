/** From flags, environment and credentials to a client: which control plane, as which user, with which CA. */
import { trustedControlPlane, type JudgeUser } from '@fairlead/credential-path/loopback'
import { problem } from '@fairlead/contract/problems'
import { FairleadClient, parseOrigin, type Fetch } from '@fairlead/sdk'
import { resolve } from 'node:path'
import type { CliContext } from '../context.ts'
import type { RemoteFlags } from '../flags.ts'
import { readCredentials, type Credentials, type Login } from './credentials.ts'
import { fetchInPlain } from './plain-fetch.ts'

/** Where `fairlead serve` listens by default. */
export const defaultHost = 'http://127.0.0.1:8470'

export async function connect(context: CliContext, flags: RemoteFlags): Promise<FairleadClient> {
  const chosen = await chosenLogin(context, flags)
  // A mounted secret often ends with a newline.
  const token = context.env['FAIRLEAD_TOKEN']?.trim() || chosen.login?.token
  if (token === undefined) throw problem('TOKEN_MISSING', { host: chosen.origin })
  // No header can hold it, which would look like a server that does not answer.
  if (!/^[!-~]+$/.test(token)) throw problem('TOKEN_INVALID')
  return clientWith(context, chosen, token)
}

/** For what the control plane says to any caller. */
export async function connectAnonymously(context: CliContext, flags: RemoteFlags): Promise<FairleadClient> {
  return clientWith(context, await chosenLogin(context, flags), undefined)
}

export interface ChosenLogin {
  readonly origin: string
  /** The CA to trust there; null: the authorities of the system. */
  readonly caFile: string | null
  /** What is stored for it, if anything is. */
  readonly login: Login | undefined
  /** All that is stored. */
  readonly credentials: Credentials
}

export async function chosenLogin(context: CliContext, flags: RemoteFlags): Promise<ChosenLogin> {
  const credentials = await readCredentials(context)
  const origin = namedOrigin(context, flags) ?? parseOrigin(credentials.current ?? defaultHost)
  const login = credentials.logins[origin]
  const caFile = chosenCaFile(context, flags, origin, login?.ca_file ?? null)
  return { origin, caFile, login, credentials }
}

export async function clientWith(
  context: CliContext,
  { origin, caFile, login }: ChosenLogin,
  token: string | undefined,
): Promise<FairleadClient> {
  const judgeUser = trustedControlPlane(addressOf(origin), login?.server_user ?? null)
  return new FairleadClient({ host: origin, token, fetch: await chosenFetch(context, { origin, caFile, judgeUser }) })
}

function namedOrigin(context: CliContext, flags: RemoteFlags): string | null {
  if (flags.host !== undefined) return parseOrigin(flags.host, '--host')
  const { FAIRLEAD_HOST } = context.env
  return FAIRLEAD_HOST ? parseOrigin(FAIRLEAD_HOST, 'FAIRLEAD_HOST') : null
}

/** Null if no login, flag or environment variable chose a control plane. */
export async function askedOrigin(context: CliContext, flags: RemoteFlags): Promise<string | null> {
  const { origin, credentials } = await chosenLogin(context, flags)
  return namedOrigin(context, flags) ?? (credentials.current === null ? null : origin)
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
