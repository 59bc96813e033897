/**
 * `fairlead serve`: runs the control plane until Ctrl-C or SIGTERM. At SIGHUP it checks for a renewed certificate; on a terminal, SIGHUP
 * means that the terminal closed, and it exits.
 */
import { startControlPlane, type ControlPlane } from '@fairlead/control-plane'
import { formatHostAndPort, parseHostAndPort } from '@fairlead/contract/names'
import { version } from '@fairlead/contract/release'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { believeSystem } from '../../connection/private-ca.ts'
import { paintFor } from '../../terminal/paint.ts'
import { shellCommand } from '../../terminal/shell-quote.ts'
import { UsageError } from '../../usage-error.ts'
import { chosenDatabase, onDatabase } from '../chosen-database.ts'
import { writeAdminToken } from './admin-token-file.ts'
import { builtConsole } from './built-console.ts'
import { readSignInFile } from './sign-in-file.ts'

export interface ServeFlags extends JsonFlag {
  readonly listen: string
  readonly dataDir: string
  readonly database?: string
  readonly origin?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly metricsListen?: string
  readonly drainSeconds?: number
  readonly pullRetentionDays?: number
  readonly forgetLostHours?: number
  readonly signIn?: string
  readonly newAdminToken?: boolean
  readonly connectTo?: readonly string[]
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

export default async function serve(this: CliContext, flags: ServeFlags): Promise<void> {
  this.loseOutput()
  const dataDir = resolve(this.cwd, flags.dataDir)
  const hungUp = new AbortController()
  let reload = () => {}
  this.onHangup(() => (this.stdout.isTTY ? hungUp.abort() : reload()))
  await using controlPlane = await start(this, flags, dataDir)
  reload = () => void controlPlane.reload()
  const admin = await adminTokenFor(this, dataDir, controlPlane.adminToken)
  if (flags.json) {
    const told = {
      origin: controlPlane.origin,
      address: controlPlane.address,
      metrics_address: controlPlane.metricsAddress,
      data_dir: dataDir,
      database: controlPlane.database,
      admin_token: admin.token,
      admin_token_file: admin.file,
      ca_file: controlPlane.caFile,
      console_url: controlPlane.consoleUrl,
      sign_in_redirect_uri: controlPlane.signIn?.redirectUri ?? null,
    }
    this.stdout.write(`${JSON.stringify(told)}\n`)
  } else {
    this.stdout.write(greeting(this, controlPlane, dataDir, admin))
  }
  const ended = AbortSignal.any([this.signal, hungUp.signal])
  if (!ended.aborted) await once(ended, 'abort')
  if (!flags.json) this.stdout.write('Stopped. Clusters keep running; their agents reconnect when it starts again.\n')
}

/** Both null if this start created no token. */
interface AdminToken {
  /** To be shown on a terminal. */
  readonly token: string | null
  readonly file: string | null
}

async function adminTokenFor(context: CliContext, dataDir: string, token: string | null): Promise<AdminToken> {
  if (token === null || context.stdout.isTTY) return { token, file: null }
  return { token: null, file: await writeAdminToken(dataDir, token) }
}

async function start(context: CliContext, flags: ServeFlags, dataDir: string) {
  const database = chosenDatabase(context, flags)
  const path = (file: string | undefined) => (file === undefined ? undefined : resolve(context.cwd, file))
  const signIn = flags.signIn === undefined ? undefined : (await readSignInFile(context, flags.signIn)).settings
  // The identity provider of a company may have a certificate of its CA.
  if (signIn !== undefined) await believeSystem(context.env)
  const settings = {
    listen: flags.listen,
    dataDir,
    database,
    origin: flags.origin,
    tlsCert: path(flags.tlsCert),
    tlsKey: path(flags.tlsKey),
    metricsListen: flags.metricsListen,
    drainSeconds: flags.drainSeconds,
    pullRetentionDays: flags.pullRetentionDays,
    forgetLostHours: flags.forgetLostHours,
    signIn,
    newAdminToken: flags.newAdminToken,
    connectTo: flags.connectTo && Object.fromEntries(flags.connectTo.map(readConnectTo)),
    console: builtConsole() ?? undefined,
    logLevel: flags.logLevel ?? (context.stdout.isTTY ? 'warn' : 'info'),
  } as const
  const controlPlane = await onDatabase(() => startControlPlane(settings))
  return { ...controlPlane, [Symbol.asyncDispose]: async () => controlPlane.close() }
}

function readConnectTo(text: string): [string, string] {
  const [, host = '', place = ''] = /^([^=]+)=([^=]+)$/.exec(text) ?? []
  const [from, to] = [parseHostAndPort(host), parseHostAndPort(place)]
  if (from !== null && from.port === null && to !== null && to.port !== null) return [from.host, formatHostAndPort(to)]
  const form = 'HOST=ADDRESS:PORT, such as sts.us-west-2.amazonaws.com=10.0.0.7:443; a port is 1 to 65535'
  throw new UsageError(`--connect-to takes ${form}`, 'fairlead serve')
}

const firstSteps = ['  fairlead cloud create -n NAME --provider aws|gcp|local', '  fairlead node join-token']

function greeting(context: CliContext, controlPlane: ControlPlane, dataDir: string, admin: AdminToken): string {
  const { origin, caFile, database, consoleUrl, signIn } = controlPlane
  const paint = paintFor(context.stdout, context.env)
  const login = ['fairlead', 'login', '--host', origin, ...(caFile === null ? [] : ['--ca-file', caFile])]
  const lines = [
    `Fairlead ${version} listens on ${paint.bold(origin)}`,
    `data in ${database === null ? dataDir : `PostgreSQL at ${database}`}`,
  ]
  if (consoleUrl !== null) lines.push(`console: ${paint.bold(consoleUrl)}`)
  if (signIn !== null)
    lines.push(`people sign in at ${signIn.provider}, where ${signIn.redirectUri} is the redirect URI to register`)
  if (caFile !== null)
    lines.push(`its own CA is ${caFile}; nodes learn it from what \`fairlead node join-token\` prints`)
  if (admin.token !== null) {
    lines.push('', 'The admin token, shown this once:', '', admin.token)
    lines.push('', paint.dim('next, in another terminal:'), `  ${shellCommand(...login)}`, ...firstSteps)
  }
  if (admin.file !== null) {
    lines.push(
      '',
      `The admin token is in ${admin.file}, readable only by this user. Delete the file once the token is stored elsewhere.`,
    )
    lines.push('', paint.dim('next:'), `  ${shellCommand(...login, '--token-file', admin.file)}`, ...firstSteps)
  }
  return `${lines.join('\n')}\n`
}
