/** A node: a machine whose agent joined a control plane, with `fairlead agent run` as a separate process. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../command.ts'
import type { Machine } from '../machines/machine.ts'
import { newFolder } from '../run-folder.ts'
import { startService, untilReady, type Service } from '../service.ts'
import { getFromApi } from './api.ts'
import type { FairleadServe } from './fairlead-serve.ts'
import { cliJson, fairleadProgram } from './program.ts'

type ServeAccess = Pick<FairleadServe, 'origin' | 'adminToken' | 'caFile'>

export interface FairleadAgentOptions {
  /** Where it runs; this host when absent or null. */
  machine?: Machine | null
  serve: ServeAccess
  name: string
  provider: 'aws' | 'gcp' | 'local'
  /** Required if there are several. */
  cloudName?: string
  env?: Record<string, string>
  /** A command other than this version's. */
  program?: string
  /** Only checks builds; needs no engine. */
  checker?: boolean
  /** A policy file other than the machine's `/etc/fairlead/policy.yaml`. */
  policy?: string
  secretsDir?: string
  /** A Docker socket other than the machine's own. */
  socket?: string
  advertiseAddress?: string
  /** Names that lead it elsewhere than the rest of its machine. */
  hosts?: Record<string, string>
}

export interface FairleadAgent extends AsyncDisposable {
  readonly nodeId: string
  readonly name: string
  readonly pid: number
  readonly logFile: string
  readonly stateDir: string
  readonly tail: (lines?: number) => string
  readonly kill: (signal?: NodeJS.Signals) => void
  /** Stops it cleanly, if it still runs, and starts it again with the same state. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

interface NodeDocument {
  id: string
  name: string
  state: string
  facts: unknown
  last_heard_at: string | null
}

export async function startFairleadAgent(options: FairleadAgentOptions): Promise<FairleadAgent> {
  const { machine = null, serve, name, env = {}, program = fairleadProgram } = options
  const stateDir = machine === null ? newFolder(`${name}-state`) : machine.stateDir
  const home = machine?.homeDir ?? newFolder(`${name}-home`)
  const logFile = join(machine?.dir ?? home, 'agent.log')
  // Under the machine's own name: its `/var/lib/fairlead` is the default.
  const state = machine === null ? ['--state-dir', stateDir] : []
  const place = { HOME: home, NO_COLOR: '1', ...env }

  await joinAgent(options, state, place)
  const start = async (): Promise<Service> => {
    const startedAt = Date.now()
    const args = [program, 'agent', 'run', ...state, ...runFlags(options)]
    const service =
      machine === null
        ? startService({ command: process.execPath, args, logFile, env: place })
        : machine.spawn(...(await withHosts(options.hosts, args)), { logFile, env: place })
    // Each question is a connection over TLS, which takes the processor that the agent needs.
    await untilReady(service, `the agent ${name} is heard`, () => heardSince(serve, name, startedAt), 30_000, 100)
    return service
  }
  let service = await start()
  const node = await findNode(serve, name)
  if (node === undefined) throw new Error(`No node ${name} at ${serve.origin}`)
  const stop = (): Promise<void> => service.stop()
  return {
    nodeId: node.id,
    name,
    get pid() {
      return service.pid
    },
    logFile,
    stateDir,
    tail: (lines) => service.tail(lines),
    kill: (signal) => service.kill(signal),
    async restart() {
      await service.stop()
      service = await start()
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** The command line with which it runs in a mount namespace with a hosts file of its own, if it has one. */
async function withHosts(
  hosts: Record<string, string> | undefined,
  args: readonly string[],
): Promise<[command: string, args: readonly string[]]> {
  if (hosts === undefined) return [process.execPath, args]
  const file = join(newFolder('hosts'), 'hosts')
  const lines = Object.entries({ localhost: '127.0.0.1', ...hosts }).map(([name, address]) => `${address}\t${name}\n`)
  await writeFile(file, lines.join(''), { mode: 0o644 })
  const script = 'mount --bind "$0" /etc/hosts; exec "$@"'
  return ['unshare', ['--mount', 'sh', '-ec', script, file, process.execPath, ...args]]
}

async function joinAgent(
  {
    machine = null,
    serve,
    name,
    provider,
    cloudName,
    checker = false,
    program = fairleadProgram,
  }: FairleadAgentOptions,
  state: readonly string[],
  env: Record<string, string>,
): Promise<void> {
  const cloud = cloudName === undefined ? [] : ['--cloud-name', cloudName]
  const told = ['node', 'join-token', ...cloud]
  const { token, command } = await cliJson<{ token: string | null; command: string }>(told, accessTo(serve))
  // Without a token the machine proves its identity: the printed command is typed as printed.
  const how = token === null ? command.split(' ').slice(3) : ['--host', serve.origin, '--provider', provider]
  const args = [program, 'agent', 'join', ...how, '--name', name, ...(checker ? ['--checker'] : []), ...state]
  // A token that names no authority is for a control plane with the user's own certificate.
  const trust = token?.includes('.') === false && serve.caFile !== null ? { FAIRLEAD_CA_FILE: serve.caFile } : {}
  const options = { env: { ...env, ...trust }, ...(token !== null && { input: `${token}\n` }) }
  const { status, stdout, stderr } =
    machine === null
      ? await runCommand(process.execPath, args, options)
      : await machine.exec(process.execPath, args, options)
  if (status !== 0) throw new Error(`The node ${name} did not join: exit ${status}\n${stdout}${stderr}`)
}

function runFlags({ policy, secretsDir, socket, advertiseAddress, checker }: FairleadAgentOptions): string[] {
  return [
    ...(policy === undefined ? [] : ['--policy', policy]),
    ...(secretsDir === undefined ? [] : ['--secrets-dir', secretsDir]),
    ...(socket === undefined ? [] : ['--docker-socket', socket]),
    ...(advertiseAddress === undefined ? [] : ['--advertise-address', advertiseAddress]),
    ...(checker === true ? ['--checker'] : []),
  ]
}

async function heardSince(serve: ServeAccess, name: string, time: number): Promise<true | undefined> {
  const node = await findNode(serve, name)
  const heard = node?.facts != null && node.last_heard_at !== null && Date.parse(node.last_heard_at) >= time
  return heard ? true : undefined
}

async function findNode(serve: ServeAccess, name: string): Promise<NodeDocument | undefined> {
  const { results } = (await getFromApi(serve, '/nodes?count=100')) as { results: NodeDocument[] }
  return results.find((node) => node.name === name)
}

function accessTo({ origin, adminToken, caFile }: ServeAccess) {
  return { host: origin, token: adminToken, caFile }
}
