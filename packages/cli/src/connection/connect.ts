/** From flags, environment and credentials to a client: which control plane, as whom, trusting what. */
import { problem } from '@fairlead/contract'
import { FairleadClient, parseOrigin, type Fetch } from '@fairlead/sdk'
import { resolve } from 'node:path'
import type { CliContext } from '../context.ts'
import type { RemoteFlags } from '../flags.ts'
import { readCredentials, type Credentials } from './credentials.ts'
import { believeSystem, fetchWithCa } from './private-ca.ts'

/** Where `fairlead serve` listens unless told otherwise. */
export const defaultHost = 'http://127.0.0.1:8470'

export async function connect(context: CliContext, flags: RemoteFlags): Promise<FairleadClient> {
  const credentials = await readCredentials(context)
  const origin = chosenOrigin(context, flags, credentials)
  const login = credentials.logins[origin]
  const token = context.env['FAIRLEAD_TOKEN'] || login?.token
  if (token === undefined) throw problem('TOKEN_MISSING')
  const fetch = await chosenFetch(context, flags, login?.ca_file ?? null)
  return new FairleadClient({ host: origin, token, ...(fetch && { fetch }) })
}

/** For what the control plane says to whoever asks. */
export async function connectAnonymously(context: CliContext, flags: RemoteFlags): Promise<FairleadClient> {
  const credentials = await readCredentials(context)
  const origin = chosenOrigin(context, flags, credentials)
  const fetch = await chosenFetch(context, flags, credentials.logins[origin]?.ca_file ?? null)
  return new FairleadClient({ host: origin, ...(fetch && { fetch }) })
}

/** Null where no control plane was chosen: by a login, a flag or the environment. */
export async function askedOrigin(context: CliContext, flags: RemoteFlags): Promise<string | null> {
  const credentials = await readCredentials(context)
  const isChosen = flags.host !== undefined || context.env['FAIRLEAD_HOST'] || credentials.current !== null
  return isChosen ? chosenOrigin(context, flags, credentials) : null
}

export function chosenOrigin(context: CliContext, flags: RemoteFlags, credentials: Credentials): string {
  return parseOrigin(flags.host ?? (context.env['FAIRLEAD_HOST'] || (credentials.current ?? defaultHost)))
}

export function chosenCaFile(context: CliContext, flags: RemoteFlags, saved: string | null): string | null {
  const named = flags.caFile ?? (context.env['FAIRLEAD_CA_FILE'] || saved)
  return named === null ? null : resolve(context.cwd, named)
}

export async function chosenFetch(
  context: CliContext,
  flags: RemoteFlags,
  saved: string | null,
): Promise<Fetch | null> {
  if (context.fetch) return context.fetch
  const caFile = chosenCaFile(context, flags, saved)
  if (caFile !== null) return fetchWithCa(caFile)
  await believeSystem(context.env)
  return null
}
