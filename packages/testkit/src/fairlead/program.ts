/** The `fairlead` command of this repository, run as a user would run it, in a separate program. */
import { resolve } from 'node:path'
import { runCommand, type CommandResult } from '../command.ts'
import { inRepository } from '../repository.ts'
import { newFolder } from '../run-folder.ts'

/** `FAIRLEAD_PROGRAM` names another form of it, such as the one that `npm run build` makes. */
export const fairleadProgram = process.env['FAIRLEAD_PROGRAM']
  ? resolve(process.env['FAIRLEAD_PROGRAM'])
  : inRepository('packages/cli/src/bin.mjs')

/** How to reach a control plane. */
export interface FairleadAccess {
  host?: string
  token?: string | null
  caFile?: string | null
}

export interface CliOptions extends FairleadAccess {
  cwd?: string
  env?: Record<string, string>
  input?: string
  timeoutMs?: number
}

/** Runs one command to its end, with its own home and without the settings of the user who runs the tests. */
export function cli(args: readonly string[], options: CliOptions = {}): Promise<CommandResult> {
  const { cwd = home(), env, input, timeoutMs } = options
  return runCommand(process.execPath, [fairleadProgram, ...args], {
    cwd,
    env: { HOME: home(), NO_COLOR: '1', ...accessEnv(options), ...env },
    ...(input !== undefined && { input }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  })
}

/** As above, for a command that must succeed and print one JSON document. */
export async function cliJson<Answer>(args: readonly string[], options: CliOptions = {}): Promise<Answer> {
  const { status, stdout, stderr } = await cli([...args, '--json'], options)
  if (status !== 0) throw new Error(`fairlead ${args.join(' ')}: exit ${status}\n${stdout}${stderr}`)
  return JSON.parse(stdout) as Answer
}

function accessEnv({ host, token, caFile }: FairleadAccess): Record<string, string> {
  return {
    ...(host !== undefined && { FAIRLEAD_HOST: host }),
    ...(typeof token === 'string' && { FAIRLEAD_TOKEN: token }),
    ...(typeof caFile === 'string' && { FAIRLEAD_CA_FILE: caFile }),
  }
}

let homeFolder: string | undefined

function home(): string {
  homeFolder ??= newFolder('home')
  return homeFolder
}
