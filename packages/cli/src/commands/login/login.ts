/** `fairlead login`: with a token, as yourself in a browser, or as a CI job; what comes of it is stored for this user only. */
import { FirstUser } from '@fairlead/credential-path/loopback'
import { isProblem, problem } from '@fairlead/contract/problems'
import { apiTokenPattern, type ApiToken, type CreatedApiToken } from '@fairlead/contract/wire'
import { FairleadClient } from '@fairlead/sdk'
import { addressOf, chosenFetch, chosenLogin } from '../../connection/connect.ts'
import { credentialsPath } from '../../connection/credentials.ts'
import { reachOf } from '../../connection/reach.ts'
import { believeSystem } from '../../connection/private-ca.ts'
import { updateCredentials } from '../../connection/update-credentials.ts'
import { readInput } from '../../config-file/read-input.ts'
import type { CliContext } from '../../context.ts'
import { typedFlag, type RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { formatTime } from '../../terminal/units.ts'
import { UsageError } from '../../usage-error.ts'
import { signInByDevice } from './device-sign-in.ts'
import { pipelineToken, tokenSource } from './pipeline-token.ts'

export interface LoginFlags extends RemoteFlags {
  readonly tokenFile?: string
  readonly withToken?: boolean
  readonly signIn?: boolean
  readonly ci?: boolean
}

interface LoggedIn {
  readonly token: string
  readonly me: ApiToken
}

const largestToken = 4096
const ways = ['tokenFile', 'withToken', 'signIn', 'ci'] as const

export default async function login(this: CliContext, flags: LoginFlags): Promise<void> {
  requireOneWay(flags)
  const { origin, caFile } = await chosenLogin(this, flags)
  const server = new FirstUser(addressOf(origin))
  const fetch = await chosenFetch(this, { origin, caFile, judgeUser: server.judge })
  const clientWith = (token?: string) => new FairleadClient({ host: origin, token, fetch })
  const { token, me } = await logIn(this, flags, clientWith)
  const login = { token, ca_file: caFile, server_user: server.uid, session_until: sessionEnd(me) }
  await updateCredentials(this, ({ logins }) => ({ current: origin, logins: { ...logins, [origin]: login } }))
  if (flags.json) return printJson(this, me)
  const reach = me.cloud_ids === null ? 'all clouds' : await reachOf(clientWith(token), me, this.signal)
  const end = me.expires_at === null ? '' : `, until ${formatTime(me.expires_at)}`
  this.stdout.write(`Logged in to ${origin} as ${me.name}, with the role ${me.role}, in ${reach}${end}\n`)
  this.stdout.write(`The token is in ${credentialsPath(this)}, readable only by you.\n`)
  if (this.env['FAIRLEAD_TOKEN'] && this.env['FAIRLEAD_TOKEN'] !== token) {
    this.stdout.write('FAIRLEAD_TOKEN is set, and other commands use it instead.\n')
  }
  if (server.stranger !== null) {
    this.stdout.write(
      `The server there belongs to the user with the id ${server.stranger}; the token is sent to no other user.\n`,
    )
  }
}

function requireOneWay(flags: LoginFlags): void {
  const [one, another] = ways.filter((way) => flags[way] !== undefined)
  if (one === undefined || another === undefined) return
  throw new UsageError(`give either ${typedFlag(one)} or ${typedFlag(another)}`, 'fairlead login')
}

async function logIn(
  context: CliContext,
  flags: LoginFlags,
  clientWith: (token?: string) => FairleadClient,
): Promise<LoggedIn> {
  const { signal } = context
  const stranger = clientWith()
  if (flags.ci) return asSession(await signInAsJob(context, stranger))
  if (flags.signIn || (isUndecided(context, flags) && (await isOffered(stranger, signal)))) {
    return asSession(await signInByDevice(context, stranger))
  }
  const token = await readToken(context, flags, stranger.origin)
  if (token === '') {
    throw new UsageError(
      'no token: give it on standard input, with --token-file, or as FAIRLEAD_TOKEN',
      'fairlead login',
    )
  }
  if (!apiTokenPattern.test(token)) throw problem('TOKEN_INVALID')
  return { token, me: await clientWith(token).apiTokens.me({ signal }) }
}

/** Nothing says which way, and somebody is there to ask. */
function isUndecided(context: CliContext, flags: LoginFlags): boolean {
  return context.stdin.isTTY && !context.env['FAIRLEAD_TOKEN'] && ways.every((way) => flags[way] === undefined)
}

async function isOffered(client: FairleadClient, signal: AbortSignal): Promise<boolean> {
  try {
    return (await client.signIn.offer({ signal })).people !== null
  } catch (error) {
    // An older control plane knows only tokens.
    if (isProblem(error, 'ROUTE_NOT_FOUND')) return false
    throw error
  }
}

async function signInAsJob(context: CliContext, client: FairleadClient): Promise<CreatedApiToken> {
  const { env, signal } = context
  // The address that the job was given, not one that a server names: a token for another could be used there.
  const source = tokenSource(env, client.origin)
  await believeSystem(env)
  const idToken = await pipelineToken(source, context.fetch ?? fetch, signal)
  return client.signIn.asProgram(idToken, { signal })
}

function asSession({ token, ...me }: CreatedApiToken): LoggedIn {
  return { token, me }
}

/** Null for a token that an administrator created: logging out does not end it. */
const sessionEnd = (me: ApiToken): string | null => (me.identity === null ? null : me.expires_at)

async function readToken(context: CliContext, flags: LoginFlags, origin: string): Promise<string> {
  if (flags.tokenFile !== undefined) return textOf(await readInput(context, flags.tokenFile, largestToken))
  const fromEnvironment = flags.withToken ? undefined : context.env['FAIRLEAD_TOKEN']
  if (fromEnvironment) return fromEnvironment
  if (context.stdin.isTTY) return (await context.stdin.askHidden(`Token for ${origin} (not shown): `)).trim()
  return textOf(await context.stdin.read(largestToken))
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim()
}
