/**
 * A real PostgreSQL for one test run, with passwords, and with a collation that sorts as people do: code that leans on the order of bytes
 * shows its mistake here. It syncs to the disk, as in production.
 */
import { randomBytes } from 'node:crypto'
import { chmod, chown, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { mustRun, runCommand } from './command.ts'
import { newFolder, runFolder } from './run-folder.ts'
import { startService, untilReady, type Service } from './service.ts'
import type { TestCa } from './test-ca.ts'

export interface PostgresOptions {
  /** The address to listen on; 127.0.0.1 when absent. */
  host?: string
  /** Takes connections with TLS too. */
  tls?: TestCa
  /** The folder of its programs; by default Debian's of version 15. */
  programs?: string
}

export interface Postgres extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly logFile: string
  /** Everything that it writes: its data, its journal, its log. */
  readonly folder: string
  readonly pid: number
  /** With the password in it. */
  readonly url: (database: string) => string
  /** An empty database, or a copy of one that nobody is connected to; gives its URL. */
  readonly createDatabase: (options?: { template?: string }) => Promise<string>
  /** What psql prints, without a frame: one line a row. */
  readonly query: (database: string, sql: string) => Promise<string>
  /** Starts it again on its data, at the same port. */
  readonly start: () => Promise<void>
  /** As a power cut does to it, apart from what the disk has not written. */
  readonly kill: () => Promise<void>
  /** Cuts every connection. */
  readonly stop: () => Promise<void>
}

const user = 'fairlead'

export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const { host = '127.0.0.1', tls, programs = '/usr/lib/postgresql/15/bin' } = options
  const home = newFolder('postgres')
  const data = join(home, 'data')
  const password = randomBytes(18).toString('base64url')
  const passwordFile = join(home, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  const runAs = await ownerOf([home, passwordFile])
  const locale = ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US']
  const login = [`--username=${user}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  await mustRun(...runAs(join(programs, 'initdb'), [`--pgdata=${data}`, ...login, ...locale, '--no-sync']))
  const certificate = await tls?.issue([host])
  if (certificate !== undefined) {
    await mustRun('install', ['-m', '600', certificate.certFile, join(home, 'server.crt')])
    await mustRun('install', ['-m', '600', certificate.keyFile, join(home, 'server.key')])
    await ownerOf([join(home, 'server.crt'), join(home, 'server.key')])
  }
  const port = await freePort(host)
  const settings = {
    listen_addresses: host,
    port,
    unix_socket_directories: '',
    fsync: 'on',
    max_connections: 200,
    shared_buffers: '64MB',
    dynamic_shared_memory_type: 'mmap',
    log_min_messages: 'warning',
    ...(certificate && { ssl: 'on', ssl_cert_file: join(home, 'server.crt'), ssl_key_file: join(home, 'server.key') }),
  }
  const env = { PGPASSWORD: password, PGCONNECT_TIMEOUT: '5' }
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
    const [command, args] = runAs(join(programs, 'postgres'), ['-D', data, ...set])
    const forks = command === 'unshare'
    const started = startService({ command, args, forks, logFile: join(home, 'postgres.log'), cwd: home })
    await untilReady(started, `PostgreSQL listens on ${host}:${port}`, async () => {
      const { status } = await runCommand(join(programs, 'pg_isready'), ['--host', host, '--port', String(port), '-q'])
      return status === 0 ? true : undefined
    })
    return started
  }
  let service = await start()
  const stop = async (): Promise<void> => {
    // Its fast shutdown; SIGTERM would wait for every client to leave.
    service.kill('SIGINT')
    await service.exited
  }
  const kill = async (): Promise<void> => {
    service.kill('SIGKILL')
    await service.exited
  }
  let made = 0
  const url = (database: string) => `postgres://${user}:${password}@${host}:${port}/${database}`
  return {
    host,
    port,
    user,
    password,
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
    kill,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

type RunAs = (command: string, args: readonly string[]) => [string, string[]]

/** PostgreSQL refuses to run as root: there it runs as Debian's own user for it, to whom the paths are given. */
async function ownerOf(paths: readonly string[]): Promise<RunAs> {
  if (process.getuid?.() !== 0) return (command, args) => [command, [...args]]
  const uid = Number(await mustRun('id', ['-u', 'postgres']))
  const gid = Number(await mustRun('id', ['-g', 'postgres']))
  await chmod(runFolder(), 0o711)
  for (const path of paths) await chown(path, uid, gid)
  const become = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups', '--pdeathsig', 'KILL']
  // In namespaces of its own, so that every process and all shared memory of it are gone once it has ended, however it did.
  const apart = ['--ipc', '--pid', '--fork', '--kill-child']
  return (command, args) => ['unshare', [...apart, 'setpriv', ...become, command, ...args]]
}

async function freePort(host: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
