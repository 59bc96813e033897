/** `fairlead login`: asks the control plane who the token belongs to, and stores it for this user only. */
import { FirstUser } from '@fairlead/credential-path/loopback'
import { problem } from '@fairlead/contract/problems'
import { apiTokenPattern } from '@fairlead/contract/wire'
import { FairleadClient } from '@fairlead/sdk'
import { addressOf, chosenCaFile, chosenFetch, chosenOrigin } from '../../connection/connect.ts'
import { credentialsPath, readCredentials, writeCredentials } from '../../connection/credentials.ts'
import { readInput } from '../../config-file/read-input.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { UsageError } from '../../usage-error.ts'

export interface LoginFlags extends RemoteFlags {
  readonly tokenFile?: string
}

const largestToken = 4096

export default async function login(this: CliContext, flags: LoginFlags): Promise<void> {
  const credentials = await readCredentials(this)
  const origin = chosenOrigin(this, flags, credentials)
  const caFile = chosenCaFile(this, flags, credentials.logins[origin]?.ca_file ?? null)
  const token = await readToken(this, flags, origin)
  if (token === '') {
    throw new UsageError(
      'no token: give it on standard input, with --token-file, or as FAIRLEAD_TOKEN',
      'fairlead login',
    )
  }
  if (!apiTokenPattern.test(token)) throw problem('TOKEN_INVALID')
  const server = new FirstUser(addressOf(origin))
  const fetch = await chosenFetch(this, { origin, caFile, judgeUser: server.judge })
  const client = new FairleadClient({ host: origin, token, ...(fetch && { fetch }) })
  const me = await client.apiTokens.me({ signal: this.signal })
  await writeCredentials(this, {
    current: origin,
    logins: { ...credentials.logins, [origin]: { token, ca_file: caFile, server_user: server.uid } },
  })
  if (flags.json) return printJson(this, me)
  const clouds = me.cloud_ids?.length
  const reach = clouds === undefined ? '' : clouds === 1 ? ', in one cloud' : `, in ${clouds} clouds`
  this.stdout.write(`Logged in to ${origin} as ${me.name}, with the role ${me.role}${reach}\n`)
  this.stdout.write(`The token is in ${credentialsPath(this)}, readable only by you.\n`)
  if (server.stranger !== null) {
    this.stdout.write(
      `The server there belongs to the user with the id ${server.stranger}; the token is sent to no other user.\n`,
    )
  }
}

async function readToken(context: CliContext, flags: LoginFlags, origin: string): Promise<string> {
  if (flags.tokenFile !== undefined) return textOf(await readInput(context, flags.tokenFile, largestToken))
  const fromEnvironment = context.env['FAIRLEAD_TOKEN']
  if (fromEnvironment) return fromEnvironment
  if (context.stdin.isTTY) return (await context.stdin.askHidden(`Token for ${origin} (not shown): `)).trim()
  return textOf(await context.stdin.read(largestToken))
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim()
}
