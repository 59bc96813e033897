/** A PostgreSQL server on a data folder: starts, is queried with psql, dies and comes back at the same port. */
import { chmod, chown } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun, runCommand } from '../command.ts'
import { runFolder } from '../run-folder.ts'
import { startService, untilReady, type Service } from '../service.ts'
import type { TestCa } from './test-ca.ts'

export interface Postgres extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly logFile: string
  /** Everything that it writes: its data, its journal, its log. */
  readonly folder: string
  readonly pid: number
  /** The folder of its programs. */
  readonly programs: string
  /** With the password in it. */
  readonly url: (database: string) => string
  /** Creates an empty database, or a copy of one without connections; returns its URL. */
  readonly createDatabase: (options?: { template?: string }) => Promise<string>
  /** psql's output, without a frame: one line per row. */
  readonly query: (database: string, sql: string) => Promise<string>
  /** Starts it again on its data, at the same port. */
  readonly start: () => Promise<void>
  /** As a power cut would, except for what the disk has not written. */
  readonly kill: () => Promise<void>
  /** Its immediate shutdown: without a checkpoint, so it recovers from its journal when it starts. */
  readonly stopAtOnce: () => Promise<void>
  /** Cuts every connection. */
  readonly stop: () => Promise<void>
}

export interface PostgresServerSpec {
  /** Its data are in `data` below it. */
  home: string
  host: string
  port: number
  user: string
  password: string
  programs: string
  runAs: RunAs
  tls: TestCa | undefined
  fsync: boolean
}

export async function startPostgresServer(spec: PostgresServerSpec): Promise<Postgres> {
  const { home, host, port, user, password, programs, runAs } = spec
  const settings = {
    listen_addresses: host,
    port,
    unix_socket_directories: '',
    fsync: spec.fsync ? 'on' : 'off',
    max_connections: 200,
    shared_buffers: '64MB',
    dynamic_shared_memory_type: 'mmap',
    log_min_messages: 'warning',
    ...(spec.tls && (await tlsSettings(spec.tls, home, host))),
  }
  // A server that has just recovered, under load, takes seconds to answer.
  const env = { PGPASSWORD: password, PGCONNECT_TIMEOUT: '15' }
  const access = ['--no-psqlrc', '--host', host, '--port', String(port), '--username', user, '-qAt']
  const psql = async (database: string, sql: string) => {
    const { status, stdout, stderr } = await runCommand(
      join(programs, 'psql'),
      [...access, '-v', 'ON_ERROR_STOP=1', '--dbname', database, '--command', sql],
      { env },
    )
    if (status !== 0) throw new Error(`psql ended with ${status}: ${stderr}`)
    return stdout.trimEnd()
  }
  const start = async (): Promise<Service> => {
    const set = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const [command, args] = runAs(join(programs, 'postgres'), ['-D', join(home, 'data'), ...set])
    const forks = command === 'unshare'
    const started = startService({ command, args, forks, logFile: join(home, 'postgres.log'), cwd: home })
    await untilReady(started, `PostgreSQL listens on ${host}:${port}`, async () => {
      const { status } = await runCommand(join(programs, 'pg_isready'), ['--host', host, '--port', String(port), '-q'])
      return status === 0 ? true : undefined
    })
    return started
  }
  let service = await start()
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    service.kill(signal)
    await service.exited
  }
  // Its fast shutdown; SIGTERM would wait for every client to disconnect.
  const stop = () => end('SIGINT')
  let made = 0
  const url = (database: string) => `postgres://${user}:${password}@${host}:${port}/${database}`
  return {
    host,
    port,
    user,
    password,
    programs,
    url,
    folder: home,
    get logFile() {
      return service.logFile
    },
    get pid() {
      return service.pid
    },
    async createDatabase({ template = 'template1' } = {}) {
      const name = `test_${++made}`
      await psql('postgres', `create database ${name} template ${template}`)
      return url(name)
    },
    query: psql,
    async start() {
      service = await start()
    },
    kill: () => end('SIGKILL'),
    stopAtOnce: () => end('SIGQUIT'),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function tlsSettings(ca: TestCa, home: string, host: string) {
  const [cert, key] = [join(home, 'server.crt'), join(home, 'server.key')]
  const issued = await ca.issue([host])
  await mustRun('install', ['-m', '600', issued.certFile, cert])
  await mustRun('install', ['-m', '600', issued.keyFile, key])
  await ownerOf([cert, key])
  return { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key }
}

export type RunAs = (command: string, args: readonly string[]) => [string, string[]]

/** PostgreSQL refuses to run as root: it then runs as Debian's own user for it, which owns the paths. */
export async function ownerOf(paths: readonly string[]): Promise<RunAs> {
  if (process.getuid?.() !== 0) return (command, args) => [command, [...args]]
  const uid = Number(await mustRun('id', ['-u', 'postgres']))
  const gid = Number(await mustRun('id', ['-g', 'postgres']))
  await chmod(runFolder(), 0o711)
  for (const path of paths) await chown(path, uid, gid)
  const become = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups', '--pdeathsig', 'KILL']
  // In separate namespaces, so that all its processes and shared memory are gone once it has ended, however it ended.
  const apart = ['--ipc', '--pid', '--fork', '--kill-child']
  return (command, args) => ['unshare', [...apart, 'setpriv', ...become, command, ...args]]
}
